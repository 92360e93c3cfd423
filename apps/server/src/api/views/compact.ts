/** A row's fields that may be undefined become fields that may be missing: what JSON makes of them. */
export type Compact<T> = {
  readonly [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key];
} & {
  readonly [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};

export function compact<T extends object>(row: T): Compact<T> {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(row)) if (value !== undefined) copy[key] = value;
  return copy as Compact<T>;
}
