// A mistake found in a catalogue file. Files come from people and from foreign repositories, so reading one
// collects every mistake with its place instead of stopping at the first.

export interface Problem {
  /** An `error` keeps the file out of the catalogue; a `warning` does not. */
  readonly severity: 'error' | 'warning';
  readonly code: CatalogProblemCode;
  readonly message: string;
  readonly path: string;
  /** Counted from 1, as editors do. */
  readonly line: number;
  readonly column: number;
}

/** The stable codes of everything that can be wrong with an agent, a skill or the catalogue as a whole. */
export type CatalogProblemCode =
  | 'frontmatter-missing'
  | 'frontmatter-unclosed'
  | 'yaml-invalid'
  | 'yaml-repaired'
  | 'field-missing'
  | 'field-invalid'
  | 'field-unknown'
  | 'name-mismatch'
  | 'body-empty'
  | 'body-long'
  | 'script-missing'
  | 'script-ambiguous'
  | 'file-too-large'
  | 'file-unreadable'
  | 'file-outside'
  | 'folder-too-large'
  | 'name-taken'
  | 'skill-unknown';

/** What reading a file gives: the value when the file is usable, and everything worth saying about it. */
export interface Parsed<Value> {
  readonly value: Value | undefined;
  readonly problems: readonly Problem[];
}

/** `path:line:column: severity code: message`, the form editors and terminals can follow. */
export function formatProblem(problem: Problem): string {
  return `${problem.path}:${problem.line}:${problem.column}: ${problem.severity} ${problem.code}: ${problem.message}`;
}
