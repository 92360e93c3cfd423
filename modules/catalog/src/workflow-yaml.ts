// Reads the YAML of a workflow file: YAML 1.2, so that `on` and `yes` are texts, without the parts that surprise.
//
// Invariants: WY1 no merge keys, no tags, no second document, no other version: what is written is what is meant.
//             WY2 an alias stands for its anchor, but what all of them expand to is bounded.
import type { Json } from '@chorale/module-goals';
import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node, type YAMLMap } from 'yaml';
import { workflowTextMax } from './workflow-format.ts';
import type { WorkflowReport } from './workflow-mistake.ts';

const depthMax = 60;
/** Values in a file, counting what an alias stands for each time. */
const valuesMax = 100_000;

export interface Entry {
  readonly key: string;
  readonly keyNode: Node;
  readonly value: Node | null;
}

export class WorkflowYaml {
  readonly report: WorkflowReport;
  readonly #aliases: ReadonlyMap<Node, Node>;
  #values = 0;

  constructor(aliases: ReadonlyMap<Node, Node>, report: WorkflowReport) {
    this.#aliases = aliases;
    this.report = report;
  }

  /** The node itself, or what an alias stands for. */
  resolve(node: Node | null | undefined): Node | null {
    if (node === null || node === undefined) return null;
    return isAlias(node) ? (this.#aliases.get(node) ?? null) : node;
  }

  /** The entries of a mapping; keys that cannot be texts are reported and left out. */
  entries(map: YAMLMap): Entry[] {
    const entries: Entry[] = [];
    for (const { key, value } of map.items as { key: unknown; value: Node | null }[]) {
      if (!isScalar(key) || key.value === null) {
        const at = isScalar(key) ? key : map;
        this.report.add(at, 'yaml-unsupported', 'a key must be a text; put quotes around it');
        continue;
      }
      if (key.value === '<<') {
        this.report.add(key, 'yaml-unsupported', 'merge keys (`<<`) are not read; write the keys out');
        continue;
      }
      entries.push({ key: key.source ?? JSON.stringify(key.value), keyNode: key, value });
    }
    return entries;
  }

  /** The JSON a node stands for; undefined when it is too large, which is reported. */
  toJson(node: Node | null, depth = 0): Json | undefined {
    if (!this.#count(node, depth)) return undefined;
    const resolved = this.resolve(node);
    if (resolved === null) return null;
    if (isScalar(resolved)) return this.#scalar(resolved);
    if (isSeq(resolved)) {
      const items: Json[] = [];
      for (const item of resolved.items as (Node | null)[]) {
        const value = this.toJson(item, depth + 1);
        if (value === undefined) return undefined;
        items.push(value);
      }
      return items;
    }
    const pairs: [string, Json][] = [];
    for (const { key, value } of this.entries(resolved as YAMLMap)) {
      const json = this.toJson(value, depth + 1);
      if (json === undefined) return undefined;
      pairs.push([key, json]);
    }
    return Object.fromEntries(pairs);
  }

  #count(node: Node | null, depth: number): boolean {
    this.#values += 1;
    if (this.#values > valuesMax) {
      if (this.#values === valuesMax + 1) {
        this.report.add(
          node,
          'yaml-unsupported',
          `the file stands for more than ${valuesMax} values; use fewer aliases`,
        );
      }
      return false;
    }
    if (depth <= depthMax) return true;
    this.report.add(node, 'yaml-unsupported', `values are nested more than ${depthMax} levels deep`);
    return false;
  }

  #scalar(node: Node & { value: unknown; source?: string }): Json {
    const { value } = node;
    if (typeof value === 'number') {
      const inexact = /^[-+]?(0[xo])?\w+$/.test(node.source ?? '') && !Number.isSafeInteger(value);
      if (Number.isFinite(value) && !inexact) return value;
      this.report.add(node, 'value-wrong', `the number ${node.source} cannot be kept exactly; put quotes around it`);
      return null;
    }
    return value as Json;
  }
}

const explanations: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab stands where the indentation is; use spaces',
  BLOCK_AS_IMPLICIT_KEY: 'a value that contains `: ` needs quotes around it',
  MULTIPLE_DOCS: 'the file holds more than one document (a line `---`); a file holds one workflow',
};

/** Undefined when the text is no YAML mapping; the reasons are then in `report`. */
export function readWorkflowYaml(
  text: string,
  report: WorkflowReport,
): { yaml: WorkflowYaml; root: YAMLMap } | undefined {
  if (text.length > workflowTextMax) {
    report.add(0, 'file-too-large', `the file has ${text.length} characters; at most ${workflowTextMax}`);
    return undefined;
  }
  const document = parseDocument(text, {
    lineCounter: report.counter,
    prettyErrors: false,
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    keepSourceTokens: false,
  });
  const fatal = reportErrors(document, report);
  if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
    report.add(0, 'yaml-unsupported', 'workflows are read as YAML 1.2; take the %YAML line out');
    return undefined;
  }
  if (fatal) return undefined;
  const aliases = readAnchors(document, report);
  const root = document.contents;
  if (isMap(root)) return { yaml: new WorkflowYaml(aliases, report), root: root };
  report.add(root, 'yaml-invalid', 'the file must be a mapping with the key `tasks`');
  return undefined;
}

/** Whether what was read cannot be trusted to be what was meant. */
function reportErrors(document: Document, report: WorkflowReport): boolean {
  let fatal = false;
  for (const { code, message, pos } of document.errors) {
    if (code === 'DUPLICATE_KEY') {
      const key = /^[^:\s]+/.exec(report.text.slice(pos[0], pos[0] + 100))?.[0] ?? '';
      report.add(pos[0], 'key-repeated', `the key \`${key}\` stands here a second time; keep one of the two`);
    } else {
      fatal = true;
      report.add(pos[0], 'yaml-invalid', explanations[code] ?? message);
    }
  }
  return fatal;
}

/** What each alias stands for: the last anchor of its name before it. Names tags and aliases that stand for nothing. */
function readAnchors(document: Document, report: WorkflowReport): Map<Node, Node> {
  const anchors = new Map<string, Node>();
  const aliases = new Map<Node, Node>();
  const visit = (node: unknown, depth: number): void => {
    if (depth > depthMax) return;
    if (isAlias(node)) {
      const anchor = anchors.get(node.source);
      if (anchor !== undefined) aliases.set(node, anchor);
      else
        report.add(
          node,
          'yaml-invalid',
          `\`*${node.source}\` stands for nothing: no \`&${node.source}\` comes before it`,
        );
      return;
    }
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (node.tag !== undefined) {
      report.add(node, 'yaml-unsupported', `tags such as \`${node.tag}\` are not read; take it out`);
    }
    if (isMap(node)) for (const pair of node.items) [pair.key, pair.value].forEach((part) => visit(part, depth + 1));
    else if (isSeq(node)) for (const item of node.items) visit(item, depth + 1);
  };
  visit(document.contents, 0);
  return aliases;
}
