/** Joins the class names that are there; CSS modules give `undefined` for a class that does not exist. */
export function classNames(...names: readonly (string | false | undefined)[]): string {
  return names.filter(Boolean).join(' ');
}
