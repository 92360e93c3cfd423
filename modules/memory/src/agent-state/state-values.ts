// Fields of files that nobody vouches for: what has not the expected kind is not there.

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** A list, the list under one of the names, or the entries under the keys of an object. */
export function listOf(value: unknown, ...names: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const fields = fieldsOf(value);
  if (fields === undefined) return [];
  const named = names.map((name) => fields[name]).find((one) => one !== undefined);
  if (named !== undefined) return listOf(named);
  return Object.values(fields).filter((entry) => fieldsOf(entry) !== undefined);
}

const textMax = 2_000;

export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.replaceAll(/\s+/g, ' ').trim();
  return text === '' ? undefined : text.slice(0, textMax);
}

/** Any JSON in a line. */
export function sayValue(value: unknown): string | undefined {
  const text = textOf(value) ?? (typeof value === 'string' ? undefined : JSON.stringify(value));
  return text === undefined || text === 'null' || text === '{}' || text === '[]' ? undefined : text.slice(0, textMax);
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A share from 0 to 1; what is beyond is brought back. */
export function shareOf(value: unknown): number | undefined {
  const number = numberOf(value);
  return number === undefined ? undefined : Math.min(1, Math.max(0, number));
}

export function sayShare(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Seconds since 1970, or a text as Python writes it: six digits after the point, often no zone. Then it is taken for UTC. */
export function momentOf(value: unknown): number | undefined {
  if (typeof value === 'number' && value > 0 && value < 4_102_444_800) return Math.round(value * 1_000);
  if (typeof value !== 'string') return undefined;
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?$/.exec(value.trim());
  if (match === null) return undefined;
  const [, day, time = '00:00', fraction = '', zone = 'Z'] = match;
  const at = Date.parse(`${day}T${time}${fraction.slice(0, 4)}${zone}`);
  return Number.isNaN(at) ? undefined : at;
}

/** `search_information` as words. */
export function sayName(name: string): string {
  return name.replaceAll('_', ' ').replaceAll(/\s+/g, ' ').trim();
}
