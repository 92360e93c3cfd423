// Puts the sub-workflows into a workflow, so that a goal never depends on files that may change while it runs.
import { planLimits, validatePlan, type PlanDefinition, type PlanPath } from '@chorale/module-goals';
import { inOrder, toWorkflowMistake, type ParsedWorkflow } from './workflow.ts';
import type { WorkflowMistake } from './workflow-mistake.ts';

export interface WorkflowLookup {
  /** The workflow of that name, or undefined when there is none. */
  resolveWorkflow(name: string): ParsedWorkflow | undefined;
}

export interface CompiledWorkflow {
  /** Absent when there are mistakes. */
  readonly definition?: PlanDefinition;
  /** Of this file and of every file it uses. */
  readonly mistakes: readonly WorkflowMistake[];
}

interface Found {
  readonly parsed: ParsedWorkflow;
  readonly definition: PlanDefinition | undefined;
}

export function compileWorkflow(parsed: ParsedWorkflow, lookup: WorkflowLookup): CompiledWorkflow {
  const found = new Map<string, Found>();
  const mistakes: WorkflowMistake[] = [];
  const definition = embed(parsed, { lookup, found, mistakes, chain: [parsed.name] });
  if (definition !== undefined) {
    for (const mistake of validatePlan(definition)) {
      // Named where it was looked up; here it is a circle seen from within.
      if (mistake.code === 'workflow-missing') continue;
      const { file, path } = fileOf(mistake.path, parsed, found);
      mistakes.push(toWorkflowMistake({ ...mistake, path }, file.places));
    }
  }
  const all = inOrder(mistakes);
  return { ...(definition === undefined || all.length > 0 ? {} : { definition }), mistakes: all };
}

interface Embedding {
  readonly lookup: WorkflowLookup;
  readonly found: Map<string, Found>;
  readonly mistakes: WorkflowMistake[];
  readonly chain: readonly string[];
}

/** The definition with its children; undefined when it, or one of them, has mistakes of its own. */
function embed(parsed: ParsedWorkflow, embedding: Embedding): PlanDefinition | undefined {
  const { lookup, found, mistakes, chain } = embedding;
  mistakes.push(...parsed.mistakes);
  let complete = parsed.definition !== undefined;
  const children: Record<string, PlanDefinition> = {};
  for (const [no, { workflow: name }] of (parsed.definition?.tasks ?? []).entries()) {
    // What is in a circle or too deep is left out here, and named by `validatePlan` where it is called.
    if (name === undefined || chain.includes(name) || chain.length > planLimits.depthMax) continue;
    const known = found.get(name) ?? find(name, { ...embedding, chain: [...chain, name] });
    if (known === undefined) {
      const message = `there is no workflow \`${name}\`; look at the names with \`chorale workflow list\``;
      mistakes.push({ ...parsed.places.find(['tasks', no, 'workflow']), code: 'workflow-missing', message });
      complete = false;
    } else if (known.definition === undefined) {
      complete = false;
    } else {
      children[name] = known.definition;
    }
  }
  if (!complete || parsed.definition === undefined) return undefined;
  return Object.keys(children).length === 0 ? parsed.definition : { ...parsed.definition, children };

  function find(wanted: string, inner: Embedding): Found | undefined {
    const child = lookup.resolveWorkflow(wanted);
    if (child === undefined) return undefined;
    const entry = { parsed: child, definition: embed(child, inner) };
    found.set(wanted, entry);
    return entry;
  }
}

/** Which file a path into the whole definition belongs to, and the path within that file. */
function fileOf(
  path: PlanPath,
  parsed: ParsedWorkflow,
  found: ReadonlyMap<string, Found>,
): { file: ParsedWorkflow; path: PlanPath } {
  let [file, rest] = [parsed, path];
  while (rest[0] === 'children') {
    file = found.get(String(rest[1]))?.parsed ?? file;
    rest = rest.slice(2);
  }
  return { file, path: rest };
}
