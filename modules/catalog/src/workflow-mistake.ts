// A mistake in a workflow file: where it stands, what is wrong, and what to do about it.
import type { PlanMistakeCode, PlanPath } from '@chorale/module-goals';
import { LineCounter } from 'yaml';
import type { Node } from 'yaml';

/** Mistakes of the text; those of the plan it describes keep the codes of `validatePlan`. */
export type WorkflowMistakeCode =
  | PlanMistakeCode
  | 'file-too-large'
  | 'yaml-invalid'
  | 'yaml-unsupported'
  | 'key-unknown'
  | 'key-repeated'
  | 'key-missing'
  | 'type-wrong'
  | 'value-wrong'
  | 'kind-missing'
  | 'kind-ambiguous'
  | 'name-mismatch';

export interface Position {
  readonly file: string;
  /** Counted from 1, as editors do. */
  readonly line: number;
  readonly column: number;
}

export interface WorkflowMistake extends Position {
  readonly code: WorkflowMistakeCode;
  readonly message: string;
}

/** `file:line:column: error code: message`, the form editors and terminals can follow. */
export function formatWorkflowMistake({ file, line, column, code, message }: WorkflowMistake): string {
  return `${file}:${line}:${column}: error ${code}: ${message}`;
}

/** Where in the file the parts of a definition stand. */
export interface Places {
  /** The position of what is at `path`, or of the nearest thing around it; `offset` counts characters of a text. */
  find(path: PlanPath, offset?: number): Position;
}

/** Collects the mistakes of one file and remembers where things stand. */
export class WorkflowReport implements Places {
  readonly file: string;
  readonly text: string;
  readonly counter = new LineCounter();
  readonly mistakes: WorkflowMistake[] = [];
  readonly #places = new Map<string, { readonly node: Node; readonly shift: number }>();

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  add(at: Node | number | null | undefined, code: WorkflowMistakeCode, message: string): void {
    const offset = typeof at === 'number' ? at : (at?.range?.[0] ?? 0);
    this.mistakes.push({ ...this.positionAt(offset), code, message });
  }

  positionAt(offset: number): Position {
    const { line, col } = this.counter.linePos(offset);
    return { file: this.file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** `shift`: how far into the text of the node the definition's text begins. */
  remember(path: PlanPath, node: Node | null | undefined, shift = 0): void {
    if (node?.range) this.#places.set(JSON.stringify(path), { node, shift });
  }

  find(path: PlanPath, offset = 0): Position {
    for (let length = path.length; length >= 0; length--) {
      const place = this.#places.get(JSON.stringify(path.slice(0, length)));
      if (place === undefined) continue;
      const exact = length === path.length && offset + place.shift > 0;
      return this.positionAt(
        exact ? offsetInSource(place.node, offset + place.shift, this.text) : (place.node.range?.[0] ?? 0),
      );
    }
    return this.positionAt(0);
  }
}

/** Where in the file a character of a scalar's value stands; the scalar's beginning when that cannot be told. */
function offsetInSource(node: Node, offset: number, text: string): number {
  const [start, end] = node.range ?? [0, 0];
  const value: unknown = 'value' in node ? node.value : undefined;
  if (typeof value !== 'string') return start;
  const source = text.slice(start, end);
  const within = source.indexOf(value);
  if (within !== -1) return start + within + offset;
  // A literal block: line by line, each behind the block's indentation.
  const lines = value.slice(0, offset).split('\n');
  const sourceLines = source.split('\n');
  const indent =
    sourceLines
      .slice(1)
      .find((line) => line.trim() !== '')
      ?.search(/\S/) ?? 0;
  if (!source.startsWith('|') || sourceLines.length <= lines.length) return start;
  const before = sourceLines.slice(0, lines.length).join('\n').length + 1;
  return start + before + indent + (lines.at(-1)?.length ?? 0);
}
