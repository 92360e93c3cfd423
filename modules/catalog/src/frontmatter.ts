// Reads a Markdown file that starts with YAML between two `---` lines, and remembers where each key stood.

import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { CatalogProblemCode, Problem } from './problem.ts';

/** `strict` for what ships: every deviation is an error. `lenient` for what others wrote: warn and use what can be used. */
export type ReadMode = 'strict' | 'lenient';

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Frontmatter {
  readonly values: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly positions: ReadonlyMap<string, Position>;
}

/** Collects the problems of one file; knows how strictly it is read and, once read, where its keys stand. */
export class ProblemList {
  readonly path: string;
  readonly mode: ReadMode;
  readonly problems: Problem[] = [];
  positions: ReadonlyMap<string, Position> = new Map();

  constructor(path: string, mode: ReadMode) {
    this.path = path;
    this.mode = mode;
  }

  get failed(): boolean {
    return this.problems.some((problem) => problem.severity === 'error');
  }

  /** What makes a file unusable however it is read. `where`: a key, or a position; an absent key is the file's start. */
  error(code: CatalogProblemCode, message: string, where?: string | Position): void {
    this.#add('error', { code, message }, where);
  }

  warning(code: CatalogProblemCode, message: string, where?: string | Position): void {
    this.#add('warning', { code, message }, where);
  }

  /** A departure from the format: an error in strict reading, a warning in lenient reading. */
  deviation(code: CatalogProblemCode, message: string, where?: string | Position): void {
    this.#add(this.mode === 'strict' ? 'error' : 'warning', { code, message }, where);
  }

  #add(
    severity: Problem['severity'],
    said: Pick<Problem, 'code' | 'message'>,
    where: string | Position = firstPosition,
  ): void {
    const position = typeof where === 'string' ? (this.positions.get(where) ?? firstPosition) : where;
    this.problems.push({ severity, ...said, path: this.path, line: position.line, column: position.column });
  }
}

const firstPosition: Position = { line: 1, column: 1 };
// A few aliases are harmless; many are how a small YAML file becomes gigabytes.
const aliasCountMax = 16;

/** Returns undefined when there is no usable frontmatter; the reasons are then in `list`. */
export function readFrontmatter(text: string, list: ProblemList): Frontmatter | undefined {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  if (lines[0]?.trimEnd() !== '---') {
    list.error('frontmatter-missing', 'the file must start with a line `---` that opens its YAML frontmatter');
    return undefined;
  }
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---');
  if (end === -1) {
    list.error('frontmatter-unclosed', 'the frontmatter opened on line 1 is never closed by a line `---`');
    return undefined;
  }
  const yamlText = lines.slice(1, end).join('\n');
  const read = readYaml(yamlText, list);
  if (read === undefined) return undefined;
  list.positions = read.positions;
  return {
    values: read.values,
    body: lines
      .slice(end + 1)
      .join('\n')
      .trim(),
    positions: read.positions,
  };
}

function readYaml(text: string, list: ProblemList): Pick<Frontmatter, 'values' | 'positions'> | undefined {
  const counter = new LineCounter();
  let document: Document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  if (document.errors.length > 0 && list.mode === 'lenient') {
    const repaired = parseDocument(quotePlainValues(text), { prettyErrors: false });
    if (repaired.errors.length === 0) {
      list.warning(
        'yaml-repaired',
        `the frontmatter is not valid YAML (${document.errors[0]?.message}); read with its values quoted`,
      );
      document = repaired;
    }
  }
  for (const error of document.errors) {
    list.error('yaml-invalid', error.message, positionAt(counter, error.pos[0]));
  }
  if (document.errors.length > 0) return undefined;
  if (!isMap(document.contents)) {
    list.error('yaml-invalid', 'the frontmatter must be a mapping of keys to values', { line: 2, column: 1 });
    return undefined;
  }
  const positions = new Map<string, Position>();
  for (const { key } of document.contents.items) {
    if (isScalar(key) && key.range) positions.set(String(key.value), positionAt(counter, key.range[0]));
  }
  try {
    return { values: document.toJS({ maxAliasCount: aliasCountMax }) as Record<string, unknown>, positions };
  } catch (error) {
    list.error('yaml-invalid', `the frontmatter cannot be read: ${(error as Error).message}`, {
      line: 2,
      column: 1,
    });
    return undefined;
  }
}

/** Line numbers of the file: the YAML text begins on line 2. */
function positionAt(counter: LineCounter, offset: number): Position {
  const { line, col } = counter.linePos(offset);
  return { line: Math.max(line, 1) + 1, column: Math.max(col, 1) };
}

/** The commonest mistake in foreign files is `description: Use this: always`, a colon in an unquoted value. */
function quotePlainValues(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const match = /^([A-Za-z][\w-]*):[ \t]+([^\s"'[{|>&*!#].*)$/.exec(line);
      return match === null ? line : `${match[1]}: ${JSON.stringify(match[2]?.trimEnd())}`;
    })
    .join('\n');
}
