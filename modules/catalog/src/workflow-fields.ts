// Reads the fields of one mapping in a workflow file. What is wrong is reported where it stands and reads as absent, so
// that one mistake does not hide the next.
import { didYouMean, splitText, type Expression, type Json, type PlanPath } from '@chorale/module-goals';
import { parseDuration } from '@chorale/module-scheduling';
import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Schema } from './workflow-format.ts';
import type { WorkflowReport } from './workflow-mistake.ts';
import type { Entry, WorkflowYaml } from './workflow-yaml.ts';

/** What people who know other formats write, and what it is called here. */
const otherNames: Readonly<Record<string, string>> = {
  jobs: '`tasks`',
  steps: '`tasks`',
  if: '`when`',
  uses: '`agent` or `tool`',
  run: '`tool: shell` with the command under `with`',
  depends_on: '`needs`',
  strategy: '`for_each`',
  matrix: '`for_each`',
  forEach: '`for_each`',
  'runs-on': '`requires`',
  'timeout-minutes': '`timeout`, as in 5m',
  'continue-on-error': '`on_failure: continue`',
  onFailure: '`on_failure`',
  env: '`with`',
  on: 'a schedule, kept outside the file',
  compensates: 'nothing: a task that another names under `on_failure` is a compensation',
};

export interface MappingOf {
  readonly yaml: WorkflowYaml;
  readonly node: YAMLMap;
  readonly keys: Readonly<Record<string, Schema>>;
  /** How messages name the mapping: "the task `build`". */
  readonly what: string;
  readonly path: PlanPath;
}

export class Fields {
  readonly #yaml: WorkflowYaml;
  readonly #report: WorkflowReport;
  readonly #entries = new Map<string, Entry>();
  readonly #of: MappingOf;

  constructor(of: MappingOf) {
    this.#of = of;
    this.#yaml = of.yaml;
    this.#report = of.yaml.report;
    const known = Object.keys(of.keys);
    for (const entry of of.yaml.entries(of.node)) {
      if (known.includes(entry.key)) {
        this.#entries.set(entry.key, entry);
        continue;
      }
      const other = Object.hasOwn(otherNames, entry.key) ? `; here that is ${otherNames[entry.key]}` : undefined;
      const hint = other ?? (didYouMean(entry.key, known) || `; known are ${known.join(', ')}`);
      this.#report.add(entry.keyNode, 'key-unknown', `unknown key \`${entry.key}\` in ${of.what}${hint}`);
    }
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  keyNode(key: string): Node | undefined {
    return this.#entries.get(key)?.keyNode;
  }

  /** The value's node, remembered as the place of `path` in the definition. */
  node(key: string, path: PlanPath = [key]): Node | null | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const value = this.#yaml.resolve(entry.value);
    this.#report.remember([...this.#of.path, ...path], value ?? entry.keyNode);
    return value;
  }

  wrong(key: string, expected: string): undefined {
    const entry = this.#entries.get(key);
    const found = describeNode(this.#yaml.resolve(entry?.value));
    const at = entry?.value ?? entry?.keyNode;
    this.#report.add(at, 'type-wrong', `\`${key}\` of ${this.#of.what} must be ${expected}, found ${found}`);
    return undefined;
  }

  text(key: string, path?: PlanPath): string | undefined {
    const node = this.node(key, path);
    if (node === undefined) return undefined;
    return isScalar(node) && typeof node.value === 'string' ? node.value : this.wrong(key, 'a text');
  }

  boolean(key: string): boolean | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    if (isScalar(node) && typeof node.value === 'boolean') return node.value;
    return this.wrong(key, 'true or false');
  }

  number(key: string, path?: PlanPath): number | undefined {
    const node = this.node(key, path);
    if (node === undefined) return undefined;
    return isScalar(node) && typeof node.value === 'number' ? node.value : this.wrong(key, 'a number');
  }

  word<Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    const word = isScalar(node) ? words.find((known) => known === node.value) : undefined;
    if (word !== undefined) return word;
    const near = isScalar(node) && typeof node.value === 'string' ? didYouMean(node.value, words) : '';
    const found = `${describeNode(node)}${near}`;
    this.#report.add(node, 'value-wrong', `\`${key}\` of ${this.#of.what} must be ${words.join(', ')}; found ${found}`);
    return undefined;
  }

  /** Milliseconds. */
  duration(key: string, path?: PlanPath): number | undefined {
    const node = this.node(key, path);
    if (node === undefined) return undefined;
    const durationMs = isScalar(node) && typeof node.value === 'string' ? parseDuration(node.value) : undefined;
    return durationMs ?? this.wrong(key, 'a duration such as 500ms, 30s, 5m, 2h, 1d or 1h30m');
  }

  /** A list of texts, or one text; each remembered under its index. */
  texts(key: string): string[] | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    const items = isSeq(node) ? (node.items as (Node | null)[]) : [node];
    const texts: string[] = [];
    for (const item of items) {
      const value = this.#yaml.resolve(item);
      if (!isScalar(value) || typeof value.value !== 'string') {
        this.#report.add(
          value ?? node,
          'type-wrong',
          `\`${key}\` of ${this.#of.what} lists texts, found ${describeNode(value)}`,
        );
        continue;
      }
      this.#report.remember([...this.#of.path, key, texts.length], value);
      texts.push(value.value);
    }
    return texts;
  }

  mapping(key: string, path: PlanPath = [key]): YAMLMap | undefined {
    const node = this.node(key, path);
    if (node === undefined) return undefined;
    return isMap(node) ? node : this.wrong(key, 'a mapping');
  }

  /** An expression, with or without `${{ }}` around it. */
  expression(key: string, path: PlanPath = [key]): Expression | undefined {
    const node = this.node(key, path);
    if (node === undefined) return undefined;
    if (isScalar(node) && typeof node.value === 'boolean') return String(node.value);
    if (!isScalar(node) || typeof node.value !== 'string')
      return this.wrong(key, 'an expression such as ${{ inputs.list }}');
    if (!node.value.includes('${{')) return node.value;
    const { parts } = splitText(node.value.trim());
    const [only] = parts;
    if (parts.length !== 1 || only?.kind !== 'expression')
      return this.wrong(key, 'one expression and nothing beside it');
    const spaces = node.value.length - node.value.trimStart().length;
    this.#report.remember([...this.#of.path, ...path], node, spaces + only.offset);
    return only.text;
  }

  /** Any JSON; the place of every text in it is remembered. */
  json(key: string): Json | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.node(key);
    this.#rememberTexts([...this.#of.path, key], entry.value);
    return this.#yaml.toJson(entry.value);
  }

  #rememberTexts(path: PlanPath, node: Node | null): void {
    // Behind an alias the place is the alias's: what it stands for may stand for much, and has a place of its own.
    this.#report.remember(path, node);
    if (isMap(node)) {
      for (const { key, value } of node.items as { key: unknown; value: Node | null }[]) {
        if (isScalar(key)) this.#rememberTexts([...path, key.source ?? String(key.value)], value);
      }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) this.#rememberTexts([...path, index], item as Node | null);
    }
  }
}

function describeNode(node: Node | null | undefined): string {
  if (node === null || node === undefined) return 'nothing';
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  const value: unknown = isScalar(node) ? node.value : undefined;
  if (value === null) return 'nothing';
  if (typeof value !== 'string') return `the ${typeof value} ${JSON.stringify(value)}`;
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
}
