// Reads one task of a workflow file.
import {
  fieldsByKind,
  type OnFailure,
  type RetryPolicy,
  type TaskDefinition,
  type TaskKind,
} from '@chorale/module-goals';
import { parseDuration } from '@chorale/module-scheduling';
import { isMap, isScalar, type Node } from 'yaml';
import { Fields } from './workflow-fields.ts';
import {
  forEachKeys,
  itemsAtOnceDefault,
  joins,
  kindOfKey,
  onFailureKeys,
  onFailureWords,
  priorities,
  retryDefaults,
  retryKeys,
  taskKeys,
} from './workflow-format.ts';
import type { WorkflowReport } from './workflow-mistake.ts';
import type { Entry, WorkflowYaml } from './workflow-yaml.ts';

type Draft = { -readonly [Field in keyof TaskDefinition]: TaskDefinition[Field] };
type KindKey = keyof typeof kindOfKey;

/** The task as far as it can be read: one that does not say what it does is a signal, so that others may need it. */
export function readTask(yaml: WorkflowYaml, entry: Entry, no: number): TaskDefinition {
  const { key, keyNode } = entry;
  const { report } = yaml;
  const path = ['tasks', no];
  report.remember(path, keyNode);
  report.remember([...path, 'key'], keyNode);
  const node = yaml.resolve(entry.value);
  if (!isMap(node)) {
    report.add(node ?? keyNode, 'type-wrong', `the task \`${key}\` must be a mapping that says what it does`);
    return { key, kind: 'signal', needs: [] };
  }
  const fields = new Fields({ yaml, node: node, keys: taskKeys, what: `the task \`${key}\``, path });
  const kind = readKind(fields, { key, report, keyNode });
  const task: Draft = { key, kind: kind ?? 'signal', needs: fields.texts('needs') ?? [] };
  readOrder(fields, task);
  const onFailure = readOnFailure(fields, { yaml, key, path });
  if (onFailure !== undefined) task.onFailure = onFailure;
  // Read whatever the kind, so that every mistake is named; kept only when it says what the task does.
  const work = readWork(fields, { yaml, key, path });
  const told = kind === undefined || fieldsByKind[kind].needs.every((field) => work[field] !== undefined);
  return kind === undefined || !told ? { ...task, kind: 'signal' } : { ...task, ...work };
}

interface TaskPlace {
  readonly yaml: WorkflowYaml;
  readonly key: string;
  readonly path: readonly (string | number)[];
}

function readKind(
  fields: Fields,
  { key, report, keyNode }: { key: string; report: WorkflowReport; keyNode: Node },
): TaskKind | undefined {
  const given = (Object.keys(kindOfKey) as KindKey[]).filter((name) => fields.has(name));
  const [first, second] = given;
  if (first === undefined) {
    const message = `the task \`${key}\` does not say what it does; give it one of ${Object.keys(kindOfKey).join(', ')}`;
    report.add(keyNode, 'kind-missing', message);
    return undefined;
  }
  if (second !== undefined) {
    const message = `the task \`${key}\` has ${given.map((name) => `\`${name}\``).join(' and ')}; a task does one thing, keep one of them`;
    report.add(fields.keyNode(second), 'kind-ambiguous', message);
    return undefined;
  }
  return kindOfKey[first];
}

function readOrder(fields: Fields, task: Draft): void {
  const join = fields.word('join', joins);
  if (join === 'first') task.join = join;
  const when = fields.expression('when');
  if (when !== undefined) task.when = when;
  const priority = fields.word('priority', priorities);
  if (priority !== undefined) task.priority = priorities.indexOf(priority) as 0 | 1 | 2 | 3;
}

function readWork(fields: Fields, place: TaskPlace): Partial<TaskDefinition> {
  const work: Partial<Draft> = {};
  for (const field of ['title', 'agent', 'skill', 'tool', 'workflow', 'queue'] as const) {
    const text = fields.text(field);
    if (text !== undefined) work[field] = text;
  }
  const question = fields.text('approval', ['question']);
  if (question !== undefined) work.question = question;
  if (fields.boolean('four_eyes') === true) work.fourEyes = true;
  if (fields.has('signal') && fields.boolean('signal') === false) fields.wrong('signal', 'true');
  const wait = readWait(fields);
  if (wait !== undefined) work.wait = wait;
  const given = fields.json('with');
  if (given !== undefined) work.with = given;
  const output = fields.mapping('output') === undefined ? undefined : fields.json('output');
  if (output !== undefined) work.output = output as NonNullable<TaskDefinition['output']>;
  const timeoutMs = fields.duration('timeout', ['timeoutMs']);
  if (timeoutMs !== undefined) work.timeoutMs = timeoutMs;
  const requires = fields.texts('requires');
  if (requires !== undefined) work.requires = [...new Set(requires)].sort();
  const forEach = readForEach(fields, place);
  if (forEach !== undefined) work.forEach = forEach;
  const retry = readRetry(fields, place);
  if (retry !== undefined) work.retry = retry;
  return work;
}

const instantPattern = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})$/;

function readWait(fields: Fields): string | number | undefined {
  const node = fields.node('wait');
  if (node === undefined) return undefined;
  const text = isScalar(node) && typeof node.value === 'string' ? node.value : '';
  if (text.includes('${{')) return text;
  if (instantPattern.test(text) && !Number.isNaN(Date.parse(text))) return text;
  return (
    parseDuration(text) ??
    fields.wrong('wait', 'a duration such as 10m, an instant such as 2026-01-31T08:00:00Z, or a template')
  );
}

function readForEach(fields: Fields, { yaml, key, path }: TaskPlace): TaskDefinition['forEach'] {
  if (!fields.has('for_each')) return undefined;
  const node = fields.node('for_each', ['forEach']);
  if (!isMap(node)) {
    const items = fields.expression('for_each', ['forEach', 'items']);
    return items === undefined ? undefined : { items, concurrency: itemsAtOnceDefault };
  }
  const what = `\`for_each\` of the task \`${key}\``;
  const inner = new Fields({ yaml, node: node, keys: forEachKeys, what, path: [...path, 'forEach'] });
  if (!inner.has('items'))
    yaml.report.add(node, 'key-missing', `${what} needs \`items\`, an expression that gives a list`);
  const items = inner.expression('items');
  const concurrency = inner.number('concurrency') ?? itemsAtOnceDefault;
  return items === undefined ? undefined : { items, concurrency };
}

function readRetry(fields: Fields, { yaml, key, path }: TaskPlace): RetryPolicy | undefined {
  const node = fields.node('retry');
  if (node === undefined) return undefined;
  if (isScalar(node) && typeof node.value === 'number') {
    yaml.report.remember([...path, 'retry', 'limit'], node);
    return { limit: node.value, ...retryDefaults };
  }
  if (!isMap(node)) return fields.wrong('retry', 'how often to try again, or a mapping with `limit`');
  const what = `\`retry\` of the task \`${key}\``;
  const inner = new Fields({ yaml, node: node, keys: retryKeys, what, path: [...path, 'retry'] });
  if (!inner.has('limit')) yaml.report.add(node, 'key-missing', `${what} needs \`limit\`, how often to try again`);
  const delayMs = inner.duration('delay', ['delayMs']) ?? retryDefaults.delayMs;
  return {
    limit: inner.number('limit') ?? 0,
    delayMs,
    factor: inner.number('factor') ?? retryDefaults.factor,
    delayMsMax: inner.duration('max_delay', ['delayMsMax']) ?? Math.max(delayMs, retryDefaults.delayMsMax),
    jitter: inner.number('jitter') ?? retryDefaults.jitter,
  };
}

function readOnFailure(fields: Fields, { yaml, key, path }: TaskPlace): OnFailure | undefined {
  const node = fields.node('on_failure', ['onFailure']);
  if (node === undefined) return undefined;
  if (!isMap(node)) {
    const word = isScalar(node) ? onFailureWords.find((known) => known === node.value) : undefined;
    return word ?? fields.wrong('on_failure', 'fail, continue, or { compensate: key-of-a-task }');
  }
  const what = `\`on_failure\` of the task \`${key}\``;
  const inner = new Fields({ yaml, node: node, keys: onFailureKeys, what, path: [...path, 'onFailure'] });
  const compensate = inner.text('compensate');
  if (!inner.has('compensate')) yaml.report.add(node, 'key-missing', `${what} needs \`compensate\`, the key of a task`);
  return compensate === undefined ? undefined : { compensate };
}
