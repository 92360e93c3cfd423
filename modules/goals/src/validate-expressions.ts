// The expressions of a plan: each must be sound, and may speak only of what is certain to be there when it is evaluated.
import { closestName } from './closest-name.ts';
import { expressionReferences, findExpressionMistake, unclosedMessage } from './expression.ts';
import { splitText } from './expression-template.ts';
import type { Expression, PlanDefinition, TaskDefinition, Template } from './plan.ts';
import type { PlanGraph } from './plan-graph.ts';
import type { PlanPath, Report } from './plan-mistake.ts';
import { AncestorSets } from './plan-order.ts';

interface Place {
  readonly path: PlanPath;
  /** Offset of the expression in the text at `path`. */
  readonly offset: number;
}

/** Whose expression it is: decides which tasks and names it may use. Undefined for the outputs of the plan. */
interface Speaker {
  readonly no: number;
  readonly task: TaskDefinition;
  readonly itemKnown: boolean;
}

export class ExpressionValidator {
  readonly #definition: PlanDefinition;
  readonly #graph: PlanGraph;
  readonly #order: readonly number[];
  readonly #report: Report;
  /** For each compensation, the tasks it may run for. */
  readonly #compensated = new Map<string, number[]>();
  readonly #inOrder: ReadonlySet<number>;
  #ancestors: AncestorSets | undefined;

  constructor(definition: PlanDefinition, graph: PlanGraph, given: { order: readonly number[]; report: Report }) {
    this.#definition = definition;
    this.#graph = graph;
    this.#order = given.order;
    this.#inOrder = new Set(given.order);
    this.#report = given.report;
    for (const [no, { onFailure, removed }] of definition.tasks.entries()) {
      if (typeof onFailure !== 'object' || removed === true) continue;
      const known = this.#compensated.get(onFailure.compensate);
      if (known === undefined) this.#compensated.set(onFailure.compensate, [no]);
      else known.push(no);
    }
  }

  validateTask(no: number, task: TaskDefinition): void {
    const path = ['tasks', no];
    const before: Speaker = { no, task, itemKnown: false };
    const inside: Speaker = { no, task, itemKnown: task.forEach !== undefined };
    if (task.when !== undefined) this.#expression(task.when, { path: [...path, 'when'], offset: 0 }, before);
    if (task.forEach !== undefined) {
      this.#expression(task.forEach.items, { path: [...path, 'forEach', 'items'], offset: 0 }, before);
    }
    for (const field of ['with', 'wait', 'question'] as const) {
      if (task[field] !== undefined) this.#template(task[field], [...path, field], inside);
    }
  }

  validateOutputs(): void {
    for (const [name, template] of Object.entries(this.#definition.outputs ?? {})) {
      this.#template(template, ['outputs', name], undefined);
    }
  }

  #template(template: Template, path: PlanPath, speaker: Speaker | undefined): void {
    if (typeof template === 'string') {
      this.#text(template, path, speaker);
    } else if (typeof template === 'object' && template !== null) {
      const list = Array.isArray(template);
      for (const [key, item] of Object.entries(template)) {
        this.#template(item, [...path, list ? Number(key) : key], speaker);
      }
    }
  }

  #text(text: string, path: PlanPath, speaker: Speaker | undefined): void {
    if (!text.includes('${{')) return;
    const { parts, unclosedAt } = splitText(text);
    if (unclosedAt !== undefined) this.#report({ path, offset: unclosedAt }, 'expression-invalid', unclosedMessage);
    for (const part of parts) {
      if (part.kind === 'expression') this.#expression(part.text, { path, offset: part.offset }, speaker);
    }
  }

  #expression(text: Expression, place: Place, speaker: Speaker | undefined): void {
    const mistake = findExpressionMistake(text);
    if (mistake !== undefined) {
      const at = { ...place, offset: place.offset + mistake.start };
      this.#report(at, 'expression-invalid', `in \`${text}\`: ${mistake.message}`);
      return;
    }
    const references = expressionReferences(text);
    for (const key of references?.tasks ?? []) this.#task(key, place, speaker);
    for (const name of references?.inputs ?? []) this.#input(name, place);
    for (const name of ['item', 'index'] as const) {
      if (references?.names.has(name) !== true || speaker?.itemKnown === true) continue;
      const message = `\`${name}\` is known only inside a task with for_each; \`${text}\` is evaluated outside one`;
      this.#report(place, 'item-outside-for-each', message);
    }
  }

  #input(name: string, place: Place): void {
    if (Object.hasOwn(this.#definition.inputs, name)) return;
    const near = closestName(name, Object.keys(this.#definition.inputs));
    const advice = near === undefined ? 'declare it under inputs' : `did you mean \`${near}\`?`;
    this.#report(place, 'input-unknown', `there is no input \`${name}\`; ${advice}`);
  }

  #task(key: string, place: Place, speaker: Speaker | undefined): void {
    const no = this.#graph.numberOf.get(key);
    if (no === undefined) {
      const near = closestName(key, this.#graph.numberOf.keys());
      const advice = near === undefined ? '' : `; did you mean \`${near}\`?`;
      this.#report(place, 'task-unknown', `there is no task \`${key}\`${advice}`);
      return;
    }
    if (speaker === undefined || this.#mayReadFrom(speaker, no)) return;
    const { task } = speaker;
    const advice =
      task.compensates === true
        ? 'a compensation may read the task it makes up for and what that task needs'
        : `add \`${key}\` to its needs`;
    const message = `\`${task.key}\` reads \`tasks.${key}\` but does not need it, so it may run before it; ${advice}`;
    this.#report(place, 'task-not-needed', message);
  }

  #mayReadFrom({ no, task }: Speaker, other: number): boolean {
    if (task.compensates !== true) return this.#isAncestor(no, other);
    const failed = this.#compensated.get(task.key) ?? [];
    return failed.length > 0 && failed.every((from) => from === other || this.#isAncestor(from, other));
  }

  #isAncestor(no: number, other: number): boolean {
    if (this.#graph.needs[no]?.includes(other) === true) return true;
    // In or after a circle nothing comes before anything: the circle is the mistake to mend.
    if (!this.#inOrder.has(no)) return no !== other;
    this.#ancestors ??= new AncestorSets(this.#graph, this.#order);
    return this.#ancestors.has(no, other);
  }
}
