// Reads a workflow file: from text to the definition of a plan, or to every mistake that is in the text.
//
// Owns:       the format (WF rules of SPEC.md). What a plan may be is `validatePlan`'s; its mistakes are told here in
//             the words of the file.
// Invariants: WF1 a definition is given only when there is no mistake at all.
//             WF2 reading is pure: the same text gives the same definition, byte for byte in canonical JSON.
import {
  validatePlan,
  type InputDefinition,
  type PlanDefinition,
  type PlanMistake,
  type TaskDefinition,
} from '@chorale/module-goals';
import { strategies } from '@chorale/module-models';
import { isMap, type Node, type YAMLMap } from 'yaml';
import { Fields } from './workflow-fields.ts';
import { descriptionLengthMax, inputKeys, inputTypes, workflowKeys } from './workflow-format.ts';
import { WorkflowReport, type Places, type WorkflowMistake } from './workflow-mistake.ts';
import { readTask } from './workflow-task.ts';
import { readWorkflowYaml, type WorkflowYaml } from './workflow-yaml.ts';

export interface ParsedWorkflow {
  readonly name: string;
  readonly file: string;
  /** Absent when there are mistakes. Its sub-workflows are not in it yet: see `compileWorkflow`. */
  readonly definition?: PlanDefinition;
  /** In the order of the file. */
  readonly mistakes: readonly WorkflowMistake[];
  readonly places: Places;
}

export interface WorkflowFile {
  /** The path that messages name; its last part without the ending is the workflow's name. */
  readonly file: string;
}

/** Never throws for what a text may hold: everything is a mistake with its line and column. */
export function parseWorkflow(text: string, { file }: WorkflowFile): ParsedWorkflow {
  const name = nameOf(file);
  const report = new WorkflowReport(file, text.replace(/^\uFEFF/, ''));
  const read = readWorkflowYaml(report.text, report);
  const definition = read === undefined ? undefined : readDefinition(read.yaml, read.root, name);
  if (definition !== undefined) {
    // Sub-workflows are looked up when the workflow is compiled; a key that stands twice was named as one of the text.
    const mistakes = validatePlan(definition).filter(
      ({ code }) => code !== 'workflow-missing' && code !== 'key-duplicate',
    );
    report.mistakes.push(...mistakes.map((mistake) => toWorkflowMistake(mistake, report)));
  }
  const mistakes = inOrder(report.mistakes);
  const sound = definition !== undefined && mistakes.length === 0;
  return { name, file, ...(sound ? { definition } : {}), mistakes, places: report };
}

function nameOf(file: string): string {
  return (file.split('/').at(-1) ?? file).replace(/\.ya?ml$/, '');
}

/** The names that fields of a definition have in the file. */
const fileNames: Readonly<Record<string, string>> = {
  timeoutMs: 'timeout',
  forEach: 'for_each',
  'forEach.concurrency': 'for_each.concurrency',
  'retry.delayMs': 'retry.delay',
  'retry.delayMsMax': 'retry.max_delay',
  onFailure: 'on_failure',
};

export function toWorkflowMistake({ path, code, message, offset }: PlanMistake, places: Places): WorkflowMistake {
  const inFile = message.replaceAll(/`([A-Za-z.]+)`/g, (quoted, field: string) =>
    Object.hasOwn(fileNames, field) ? `\`${fileNames[field]}\`` : quoted,
  );
  return { ...places.find(path, offset), code, message: inFile };
}

/** By place; each mistake once. */
export function inOrder(mistakes: readonly WorkflowMistake[]): WorkflowMistake[] {
  const unique = new Map(mistakes.map((mistake) => [JSON.stringify(mistake), mistake]));
  return [...unique.values()].sort((left, right) => {
    if (left.file !== right.file) return left.file < right.file ? -1 : 1;
    return left.line - right.line || left.column - right.column;
  });
}

function readDefinition(yaml: WorkflowYaml, root: YAMLMap, name: string): PlanDefinition | undefined {
  const { report } = yaml;
  const fields = new Fields({ yaml, node: root, keys: workflowKeys, what: 'the workflow', path: [] });
  const stated = fields.text('name');
  if (stated !== undefined && stated !== name) {
    const message = `the workflow is called \`${stated}\` but its file \`${name}\`; make them the same`;
    report.add(fields.node('name'), 'name-mismatch', message);
  }
  const description = readDescription(fields, report);
  const strategy = fields.word('strategy', strategies);
  const inputs = readInputs(yaml, fields.mapping('inputs'));
  const tasks = fields.mapping('tasks');
  if (!fields.has('tasks')) report.add(root, 'key-missing', 'the workflow has no `tasks`; name at least one');
  const outputs = fields.mapping('outputs') === undefined ? undefined : fields.json('outputs');
  if (tasks === undefined) return undefined;
  return {
    workflow: name,
    ...(description === undefined ? {} : { description }),
    ...(strategy === undefined ? {} : { strategy }),
    inputs,
    tasks: markCompensations(yaml.entries(tasks).map((entry, no) => readTask(yaml, entry, no))),
    ...(outputs === undefined ? {} : { outputs: outputs as NonNullable<PlanDefinition['outputs']> }),
  };
}

function readDescription(fields: Fields, report: WorkflowReport): string | undefined {
  const description = fields.text('description')?.trim();
  if (description !== undefined && description.length > descriptionLengthMax) {
    const message = `\`description\` has ${description.length} characters; at most ${descriptionLengthMax}`;
    report.add(fields.node('description'), 'value-wrong', message);
  }
  return description;
}

function readInputs(yaml: WorkflowYaml, inputs: YAMLMap | undefined): PlanDefinition['inputs'] {
  if (inputs === undefined) return {};
  const { report } = yaml;
  const pairs = yaml.entries(inputs).map(({ key, keyNode, value }): [string, InputDefinition] => {
    const path = ['inputs', key];
    report.remember(path, keyNode);
    const node: Node | null = yaml.resolve(value);
    if (!isMap(node)) {
      report.add(
        node ?? keyNode,
        'type-wrong',
        `the input \`${key}\` must be a mapping, such as { type: string, required: true }`,
      );
      return [key, { type: 'string' }];
    }
    const fields = new Fields({ yaml, node: node, keys: inputKeys, what: `the input \`${key}\``, path });
    const type = fields.word('type', inputTypes) ?? 'string';
    const description = readDescription(fields, report);
    const required = fields.boolean('required');
    const fallback = fields.json('default');
    return [
      key,
      {
        type,
        ...(description === undefined ? {} : { description }),
        ...(required === undefined ? {} : { required }),
        ...(fallback === undefined ? {} : { default: fallback }),
      },
    ];
  });
  return Object.fromEntries(pairs);
}

/** A task that another names under `on_failure` runs for nothing else. */
function markCompensations(tasks: readonly TaskDefinition[]): TaskDefinition[] {
  const named = new Set(
    tasks.flatMap(({ onFailure }) => (typeof onFailure === 'object' ? [onFailure.compensate] : [])),
  );
  return tasks.map((task) => (named.has(task.key) ? { ...task, compensates: true } : task));
}
