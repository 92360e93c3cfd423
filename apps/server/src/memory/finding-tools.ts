// Two tools for workflows that review something again and again: what was open at the last review, and what is open now.

import { broken } from '@chorale/lib-errors';
import { isArtifactReference, type ToolContext, type ToolDefinition } from '@chorale/module-agents';
import type { Json } from '@chorale/module-goals';
import type { MemoryStore } from '@chorale/module-memory';
import { recallFindings, rememberFindings, type Keeper, type Reviewed } from './known-findings.ts';
import { readResults } from './read-results.ts';

const outputBytesMax = 8 * 1024 * 1024;
const text = (maxLength: number) => ({ type: 'string', maxLength }) as const;

const reviewed = {
  about: { ...text(2_000), minLength: 1, description: 'What was reviewed: a path or an address.' },
  ref: { ...text(300), default: '', description: 'Branch, tag or commit; empty for the default branch.' },
};

interface RememberArguments extends Reviewed {
  readonly headline: string;
  readonly results: Results;
}

type Store = Keeper['store'];

export function createFindingTools(memory: Pick<MemoryStore, keyof Store>): readonly ToolDefinition<never>[] {
  const recall: ToolDefinition<Reviewed> = {
    name: 'recall-findings',
    description:
      'Gives the findings that were open at the last review of the same thing, and when that was; `last` is missing at the first.',
    inputSchema: { type: 'object', properties: reviewed, required: ['about'], additionalProperties: false },
    idempotent: true,
    effects: 'reads',
    outputBytesMax,
    run: async (args, context) => {
      const { last, open } = await recallFindings(keeperOf(memory, context), args);
      return { output: { ...(last === undefined ? {} : { last }), open } as unknown as Json };
    },
  };
  const remember: ToolDefinition<RememberArguments> = {
    name: 'remember-findings',
    description:
      'Keeps which findings are open now, from the results of the skills that looked for them: those of the last review that are ' +
      'not among them are fixed, where the skill ran and listed all it found.',
    inputSchema: {
      type: 'object',
      properties: {
        ...reviewed,
        headline: { ...text(1_000), default: '' },
        results: { type: 'object', description: 'By skill: its result; null where it gave none.', maxProperties: 100 },
      },
      required: ['about', 'results'],
      additionalProperties: false,
    },
    idempotent: true,
    effects: 'writes-workspace',
    gives: 'echo',
    async run({ results, ...args }, context) {
      const found = readResults(await readReferences(results, context));
      return { output: { ...(await rememberFindings(keeperOf(memory, context), { ...args, ...found })) } };
    },
  };
  return [recall, remember];
}

function keeperOf(store: Store, { task }: ToolContext): Keeper {
  if (task === undefined) throw broken('tool-without-task', 'The tool was called outside of a task.');
  const { tenantId, projectId, goalId } = task;
  return { store, tenantId, projectId, goalId };
}

type Results = { readonly [skill: string]: Json };

/** A result that was too large to travel as data is the artifact it stands for. */
async function readReferences(results: Results, { readArtifact }: ToolContext): Promise<Results> {
  const read: { [skill: string]: Json } = {};
  for (const [skill, result] of Object.entries(results)) {
    const bytes = isArtifactReference(result) ? await readArtifact(result.$artifact) : undefined;
    read[skill] = bytes === undefined ? result : (JSON.parse(Buffer.from(bytes).toString('utf8')) as Json);
  }
  return read;
}
