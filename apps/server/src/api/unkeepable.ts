// Texts that no store keeps: each would refuse them in its own way, and say what it is.
import { refused } from '@chorale/lib-errors';

/** What no store keeps as text, whatever a schema says. In a body it may be a value of the caller's own, which is read as it is. */
export const noText = /[\0\p{Surrogate}]/u;
/** Nor do ids have these; logs and policies put them between ids. */
export const controls = /[\p{Control}\p{Surrogate}]/u;
export const unkeepableMessage = 'has a character that is no text: a control character, or half of a surrogate pair';

/** Where it is; bytes are no text. */
export function findUnkeepable(given: unknown, wrong: RegExp): readonly PropertyKey[] | undefined {
  if (typeof given === 'string') return wrong.test(given) ? [] : undefined;
  if (typeof given !== 'object' || given === null || ArrayBuffer.isView(given)) return undefined;
  for (const [key, value] of Object.entries(given)) {
    if (wrong.test(key)) return [key];
    const found = findUnkeepable(value, wrong);
    if (found !== undefined) return [Array.isArray(given) ? Number(key) : key, ...found];
  }
  return undefined;
}

/** For what is not read through a schema. @throws refused `request-invalid`. */
export function refuseUnkeepable(where: string, given: unknown, wrong: RegExp = noText): void {
  const found = findUnkeepable(given, wrong);
  if (found !== undefined)
    throw refused('request-invalid', `${[where, ...found.map(String)].join('.')} ${unkeepableMessage}`);
}
