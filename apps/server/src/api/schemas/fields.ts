// The small schemas that the others are made of.
import type { Json } from '@chorale/lib-client';
import type { ProjectId } from '@chorale/lib-ids';
import { z } from 'zod';

/** Any JSON. It needs no check here: the body reader lets nothing else through. */
export const json = z.unknown() as z.ZodType<Json, Json>;

export const jsonObject = z.record(z.string(), json);

export function list<Item extends z.ZodType>(item: Item) {
  return z.array(item).readonly();
}

/** What every list answers. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    items: list(item),
    next: z.string().exactOptional().describe('Give it back as `after` for the next page; missing at the end.'),
  });
}

export const count = z.int().min(0);

/** Milliseconds since 1970, UTC. */
export const time = z.int().describe('Milliseconds since 1970, UTC.');

/** A time in a request. The bounds are those of four-digit years: what `Date` takes beyond them nobody means. */
export const timeGiven = z
  .union(
    [z.int().min(0).max(253_402_300_799_999), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))],
    'must be a time like 2027-01-31T13:00:00Z, or milliseconds since 1970',
  )
  .describe('RFC 3339 with an offset, or milliseconds since 1970.');

export const goalId = z.string().min(1).max(64).describe('Id of a goal.');
export const projectId = (z.string().min(1).max(63) as unknown as z.ZodType<ProjectId, string>).describe(
  'Id of a project.',
);
/** Keys of tasks, names of workflows, agents and skills. */
export const name = z.string().min(1).max(200);
export const taskNo = z.coerce.number().pipe(z.int().min(0)).describe('Number of a task in its goal.');

export const priorities = ['urgent', 'high', 'normal', 'low'] as const;
export const priority = z.enum(priorities);

/** A number in a query, where everything is text. */
export function queryNumber(bounds: { readonly min: number; readonly max: number }) {
  return z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(bounds.min).max(bounds.max));
}

const limitMax = 1000;
export const limit = queryNumber({ min: 1, max: limitMax })
  .exactOptional()
  .describe(`How many at most, 1 to ${limitMax}.`);
export const cursor = z.string().min(1).max(500).exactOptional().describe('`next` of the page before.');
