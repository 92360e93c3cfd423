// Says whether a plan may run. Everything that can be known before it runs is found here, all at once.
//
// Owns:       the rules PV1 to PV12 of modules/catalog/SPEC.md.
// Invariants: V1 linear in tasks, edges and the length of expressions, whatever a model or a person sends.
//             V2 a definition without mistakes never fails for a reason that its text alone could have told.
import { didYouMean } from './closest-name.ts';
import type { Json } from './json.ts';
import type { InputDefinition, PlanDefinition, TaskDefinition } from './plan.ts';
import { graphOf, type PlanGraph } from './plan-graph.ts';
import { inputNamePattern, planLimits } from './plan-limits.ts';
import { mistakesMax, type PlanMistake, type PlanPath, type Report } from './plan-mistake.ts';
import { findCycles, orderOf } from './plan-order.ts';
import { ExpressionValidator } from './validate-expressions.ts';
import { validateTask } from './validate-task.ts';

/** Every mistake in the plan and in its sub-workflows, at most `mistakesMax`; none when it may run. */
export function validatePlan(definition: PlanDefinition): PlanMistake[] {
  const mistakes: PlanMistake[] = [];
  const counts = { tasks: 0 };
  const visit = (plan: PlanDefinition, path: PlanPath, chain: readonly string[]): void => {
    const report: Report = (at, code, message) => {
      const place = 'offset' in at ? at : { path: at };
      if (mistakes.length < mistakesMax) mistakes.push({ ...place, path: [...path, ...place.path], code, message });
    };
    counts.tasks += plan.tasks.length;
    if (counts.tasks > planLimits.tasksInAllMax) {
      report([], 'plan-too-large', `the plan and its sub-workflows hold more than ${planLimits.tasksInAllMax} tasks`);
      return;
    }
    validateOne(plan, report);
    validateChildren(plan, chain, report);
    if (chain.length > planLimits.depthMax) return;
    for (const [name, child] of Object.entries(plan.children ?? {})) {
      if (!chain.includes(name)) visit(child, [...path, 'children', name], [...chain, name]);
    }
  };
  visit(definition, [], [definition.workflow]);
  return mistakes;
}

function validateOne(definition: PlanDefinition, report: Report): void {
  const { tasks } = definition;
  if (tasks.length > planLimits.tasksMax) {
    report(['tasks'], 'plan-too-large', `the plan has ${tasks.length} tasks; at most ${planLimits.tasksMax}`);
    return;
  }
  if (!tasks.some((task) => task.removed !== true)) report(['tasks'], 'plan-empty', 'the plan has no tasks');
  validateInputs(definition.inputs, report);
  const outputs = Object.keys(definition.outputs ?? {}).length;
  if (outputs > planLimits.outputsMax) {
    report(['outputs'], 'plan-too-large', `the plan has ${outputs} outputs; at most ${planLimits.outputsMax}`);
  }
  const graph = graphOf(definition);
  validateNeeds(definition, graph, report);
  const order = orderOf(graph);
  for (const cycle of findCycles(graph, order)) reportCycle(tasks, cycle, report);
  validateCompensations(definition, graph, report);
  const expressions = new ExpressionValidator(definition, graph, { order, report });
  for (const [no, task] of tasks.entries()) {
    if (task.removed === true) continue;
    validateTask(task, ['tasks', no], report);
    expressions.validateTask(no, task);
  }
  expressions.validateOutputs();
}

function validateInputs(inputs: PlanDefinition['inputs'], report: Report): void {
  const names = Object.keys(inputs);
  if (names.length > planLimits.inputsMax) {
    report(['inputs'], 'plan-too-large', `the plan has ${names.length} inputs; at most ${planLimits.inputsMax}`);
  }
  const isName = new RegExp(inputNamePattern);
  for (const [name, input] of Object.entries(inputs)) {
    if (!isName.test(name)) {
      const message = `the input \`${name}\` must begin with a letter and hold letters, digits, _ and - only, at most 100`;
      report(['inputs', name], 'name-invalid', message);
    }
    if (input.default !== undefined && !fitsInput(input, input.default)) {
      const message = `the default of \`${name}\` must be of type ${input.type}, found ${JSON.stringify(input.default)}`;
      report(['inputs', name, 'default'], 'value-invalid', message);
    }
  }
}

/** Whether a value has the type the input asks for. Null stands for an input that was not given. */
export function fitsInput({ type }: Pick<InputDefinition, 'type'>, value: Json): boolean {
  if (value === null) return true;
  if (type === 'list') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && !Array.isArray(value);
  return typeof value === type;
}

function validateNeeds({ tasks }: PlanDefinition, { numberOf }: PlanGraph, report: Report): void {
  const places = new Map<string, number>();
  let edges = 0;
  for (const [no, task] of tasks.entries()) {
    if (task.removed === true) continue;
    const first = places.get(task.key);
    if (first === undefined) places.set(task.key, no);
    else report(['tasks', no, 'key'], 'key-duplicate', `the key \`${task.key}\` is used before, by task ${first + 1}`);
    edges += task.needs.length;
    if (task.needs.length > planLimits.needsPerTaskMax) {
      const message = `\`${task.key}\` needs ${task.needs.length} tasks; at most ${planLimits.needsPerTaskMax}`;
      report(['tasks', no, 'needs'], 'plan-too-large', message);
    }
    if (task.join === 'first' && new Set(task.needs).size < 2) {
      report(
        ['tasks', no, 'join'],
        'join-single',
        `\`${task.key}\` joins the first of its needs; it must have two or more`,
      );
    }
    validateNeedsOf(task, { no, numberOf, tasks }, report);
  }
  if (edges > planLimits.edgesMax) {
    report(['tasks'], 'plan-too-large', `the tasks have ${edges} needs together; at most ${planLimits.edgesMax}`);
  }
}

interface Neighbours {
  readonly no: number;
  readonly numberOf: ReadonlyMap<string, number>;
  readonly tasks: readonly TaskDefinition[];
}

function validateNeedsOf(task: TaskDefinition, { no, numberOf, tasks }: Neighbours, report: Report): void {
  const seen = new Set<string>();
  for (const [index, need] of task.needs.entries()) {
    const path = ['tasks', no, 'needs', index];
    if (seen.has(need)) report(path, 'need-repeated', `\`${task.key}\` needs \`${need}\` twice`);
    seen.add(need);
    const needed = numberOf.get(need);
    if (needed === undefined) {
      report(
        path,
        'need-unknown',
        `\`${task.key}\` needs \`${need}\`, which is no task${didYouMean(need, numberOf.keys())}`,
      );
    } else if (tasks[needed]?.compensates === true) {
      const message = `\`${task.key}\` needs \`${need}\`, which only runs to compensate another task`;
      report(path, 'compensation-needed', message);
    }
  }
}

const cycleShownMax = 12;

function reportCycle(tasks: readonly TaskDefinition[], cycle: readonly number[], report: Report): void {
  const [first = 0] = cycle;
  const keys = cycle.map((no) => tasks[no]?.key);
  const shown = keys.length > cycleShownMax ? [...keys.slice(0, cycleShownMax), '...'] : keys;
  const path = [...shown, keys[0]].join(' -> ');
  const message =
    cycle.length === 1 ? `\`${keys[0]}\` needs itself` : `${keys.length} tasks need each other in a circle: ${path}`;
  report(['tasks', first, 'needs'], 'plan-cyclic', message);
}

function validateCompensations({ tasks }: PlanDefinition, { numberOf }: PlanGraph, report: Report): void {
  const used = new Set<string>();
  for (const [no, task] of tasks.entries()) {
    if (typeof task.onFailure !== 'object' || task.removed === true) continue;
    const key = task.onFailure.compensate;
    const target = tasks[numberOf.get(key) ?? -1];
    const path = ['tasks', no, 'onFailure', 'compensate'];
    used.add(key);
    if (target === undefined) {
      const message = `\`${task.key}\` is compensated by \`${key}\`, which is no task${didYouMean(key, numberOf.keys())}`;
      report(path, 'compensation-unknown', message);
    } else if (target.compensates !== true) {
      const message = `\`${task.key}\` is compensated by \`${key}\`, which is not marked as a compensation`;
      report(path, 'compensation-unmarked', message);
    } else if (task.compensates === true) {
      report(path, 'field-misplaced', `\`${task.key}\` is a compensation itself and cannot be compensated`);
    }
  }
  for (const [no, task] of tasks.entries()) {
    if (task.compensates !== true || task.removed === true) continue;
    if (!used.has(task.key)) {
      const message = `\`${task.key}\` is a compensation, but no task names it in its on_failure: it would never run`;
      report(['tasks', no, 'compensates'], 'compensation-unused', message);
    }
    for (const field of ['needs', 'forEach', 'when', 'join'] as const) {
      if (field === 'needs' ? task.needs.length === 0 : task[field] === undefined) continue;
      const message = `\`${task.key}\` is a compensation and runs when a task fails: it has no \`${field}\``;
      report(['tasks', no, field], 'field-misplaced', message);
    }
  }
}

function validateChildren(definition: PlanDefinition, chain: readonly string[], report: Report): void {
  for (const [no, task] of definition.tasks.entries()) {
    if (task.kind !== 'workflow' || task.workflow === undefined || task.removed === true) continue;
    const path = ['tasks', no, 'workflow'];
    const child = definition.children?.[task.workflow];
    if (chain.includes(task.workflow)) {
      const message = `the workflow calls itself: ${[...chain, task.workflow].join(' -> ')}`;
      report(path, 'workflow-recursive', message);
    } else if (chain.length > planLimits.depthMax) {
      const message = `workflows call each other more than ${planLimits.depthMax} levels deep: ${chain.join(' -> ')}`;
      report(path, 'workflow-too-deep', message);
    } else if (child === undefined) {
      report(
        path,
        'workflow-missing',
        `\`${task.key}\` runs the workflow \`${task.workflow}\`, which the plan does not hold`,
      );
    } else {
      validateCall(task, { child, no }, report);
    }
  }
}

/** What a task gives its sub-workflow, as far as the text says it. */
function validateCall(task: TaskDefinition, call: { child: PlanDefinition; no: number }, report: Report): void {
  const given = task.with ?? {};
  const path = ['tasks', call.no, 'with'];
  if (typeof given === 'string' && given.includes('${{')) return;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    report(path, 'value-invalid', `\`with\` of \`${task.key}\` must hold the inputs of \`${task.workflow}\` by name`);
    return;
  }
  const { inputs } = call.child;
  for (const [name, value] of Object.entries(given)) {
    const input = inputs[name];
    if (input === undefined) {
      const message = `\`${task.workflow}\` has no input \`${name}\`${didYouMean(name, Object.keys(inputs))}`;
      report([...path, name], 'input-unknown', message);
    } else if (!(typeof value === 'string' && value.includes('${{')) && !fitsInput(input, value)) {
      const message = `the input \`${name}\` of \`${task.workflow}\` must be of type ${input.type}, found ${JSON.stringify(value)}`;
      report([...path, name], 'value-invalid', message);
    }
  }
  for (const [name, input] of Object.entries(inputs)) {
    if (input.required !== true || input.default !== undefined || Object.hasOwn(given, name)) continue;
    report(
      task.with === undefined ? ['tasks', call.no] : path,
      'input-missing',
      `\`${task.workflow}\` needs the input \`${name}\``,
    );
  }
}
