// Workflow files as the API needs them: to run, to show, to check.
import type {
  FileProblem,
  GoalRequest,
  Validation,
  Workflow as WorkflowView,
  WorkflowSummary,
} from '@chorale/lib-client';
import { refused } from '@chorale/lib-errors';
import {
  type Catalog,
  type CatalogEntry,
  compileWorkflow,
  getUsable,
  type ParsedWorkflow,
  parseWorkflow,
  type WorkflowMistake,
  type WorkflowSource,
} from '@chorale/module-catalog';
import { didYouMean, type PlanDefinition } from '@chorale/module-goals';
import { itemView } from './views/catalog-view.ts';
import { definitionView } from './views/plan-view.ts';

export interface WorkflowText {
  readonly text: string;
  /** Named in the mistakes; its last part without the ending is the workflow's name. */
  readonly path?: string;
}

interface Read {
  /** Absent when there are mistakes. */
  readonly definition?: PlanDefinition;
  /** As far as it could be read: for showing, never for running. */
  readonly partial?: PlanDefinition;
  readonly problems: readonly FileProblem[];
}

/** The plan to run. Throws `workflow-invalid`, `catalog-unknown`, `catalog-untrusted`. */
export function readWorkflow(
  catalog: Catalog,
  request: Pick<GoalRequest, 'workflow' | 'definition' | 'definitionFile'>,
): PlanDefinition {
  const named = request.workflow === undefined ? undefined : getUsable(catalog.workflows, request.workflow).value;
  const { definitionFile } = request;
  const source = named ?? {
    text: request.definition ?? '',
    ...(definitionFile === undefined ? {} : { path: definitionFile }),
  };
  const { definition, problems } = read(catalog, source);
  if (definition === undefined) {
    const [first] = problems;
    const place = first === undefined ? '' : `${first.path}:${first.line}:${first.column}: ${first.message}`;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more, see data.problems)` : '';
    throw refused('workflow-invalid', `the workflow has mistakes: ${place}${more}`, {
      action: 'correct them; `chorale workflow validate <file>` names them all',
      data: { problems },
    });
  }
  refuseUntrusted(definition, catalog);
  return definition;
}

/** What a plan runs must be there and trusted, however it got into it. Throws `catalog-unknown`, `catalog-untrusted`. */
export function refuseUntrusted(definition: Pick<PlanDefinition, 'tasks' | 'children'>, catalog: Catalog): void {
  for (const task of definition.tasks) {
    if (task.agent !== undefined) getUsable(catalog.agents, task.agent);
    if (task.skill !== undefined) getUsable(catalog.skills, task.skill);
  }
  for (const [name, child] of Object.entries(definition.children ?? {})) {
    getUsable(catalog.workflows, name);
    refuseUntrusted(child, catalog);
  }
}

export function validateWorkflow(catalog: Catalog, source: WorkflowText): Validation {
  const { definition, problems } = read(catalog, source);
  return {
    valid: definition !== undefined,
    ...(definition === undefined ? {} : { inputs: definition.inputs }),
    problems,
  };
}

export function summariseWorkflow(catalog: Catalog, entry: CatalogEntry<WorkflowSource>): WorkflowSummary {
  return summarise(entry, read(catalog, entry.value));
}

function summarise(entry: CatalogEntry<WorkflowSource>, { definition, partial }: Read): WorkflowSummary {
  return {
    ...itemView(entry, partial?.description ?? ''),
    valid: definition !== undefined,
    tasks: partial?.tasks.length ?? 0,
  };
}

export function showWorkflow(catalog: Catalog, entry: CatalogEntry<WorkflowSource>): WorkflowView {
  const found = read(catalog, entry.value);
  const { definition, partial, problems } = found;
  return {
    ...summarise(entry, found),
    text: entry.value.text,
    inputs: partial?.inputs ?? {},
    ...(definition === undefined ? {} : { definition: definitionView(definition) }),
    problems,
  };
}

/** Of each catalogue, those read last: programs submit the same workflow again and again. */
const keptMax = 64;
/** Longer ones are read each time: they are rare, and the bound on memory is this times the one above. */
const keptLengthMax = 65_536;
const kept = new WeakMap<Catalog, Map<string, Read>>();

function read(catalog: Catalog, source: WorkflowText): Read {
  if (source.text.length > keptLengthMax) return readAnew(catalog, source);
  const known = kept.get(catalog) ?? new Map<string, Read>();
  kept.set(catalog, known);
  const key = `${source.path ?? ''}\n${source.text}`;
  const found = known.get(key) ?? readAnew(catalog, source);
  known.delete(key);
  known.set(key, found);
  const [oldest] = known.keys();
  if (known.size > keptMax && oldest !== undefined) known.delete(oldest);
  return found;
}

function readAnew(catalog: Catalog, source: WorkflowText): Read {
  const parsed = parse(source);
  const compiled = compileWorkflow(parsed, {
    resolveWorkflow: (name) => {
      const entry = catalog.workflows.get(name);
      return entry === undefined ? undefined : parse(entry.value);
    },
  });
  const problems = [...compiled.mistakes.map(toProblem), ...findUnknown(parsed, compiled.definition, catalog)];
  const partial = compiled.definition ?? parsed.definition;
  return {
    ...(partial === undefined ? {} : { partial }),
    ...(compiled.definition === undefined || problems.length > 0 ? {} : { definition: compiled.definition }),
    problems,
  };
}

function parse({ text, path }: WorkflowText): ParsedWorkflow {
  return parseWorkflow(text, { file: path ?? `${statedName(text) ?? 'workflow'}.yaml` });
}

/** A text that came without a file is called what it calls itself. */
function statedName(text: string): string | undefined {
  return /^name:\s*(["']?)([a-z0-9-]+)\1\s*(?:#.*)?$/m.exec(text)?.[2];
}

function toProblem({ file, line, column, code, message }: WorkflowMistake): FileProblem {
  return { severity: 'error', code, message, path: file, line, column };
}

/** Agents and skills that the catalogue does not hold: the format cannot know, and the goal would fail half-way. */
function findUnknown(parsed: ParsedWorkflow, definition: PlanDefinition | undefined, catalog: Catalog): FileProblem[] {
  const problems: FileProblem[] = [];
  for (const [no, task] of (definition?.tasks ?? []).entries()) {
    for (const kind of ['agent', 'skill'] as const) {
      const name = task[kind];
      const entries: ReadonlyMap<string, unknown> = kind === 'agent' ? catalog.agents : catalog.skills;
      if (name === undefined || entries.has(name)) continue;
      const { file: path, line, column } = parsed.places.find(['tasks', no, kind]);
      const message = `the catalogue holds no ${kind} \`${name}\`${didYouMean(name, entries.keys())}`;
      problems.push({ severity: 'error', code: `${kind}-unknown`, message, path, line, column });
    }
  }
  return problems;
}
