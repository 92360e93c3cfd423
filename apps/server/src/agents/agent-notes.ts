// What agents have of memory: what may help is found in the scopes they may look in, and how their tasks ended is kept.
//
// Owns:       the ids of what is kept, which follow from goal, task and run: told again, the store keeps nothing more.
// Invariants: AN1 an agent looks into its own scope in the project of the tenant that its goal belongs to, what its goal is about, what its tenant shares and what the person has who
//                 asked; it writes into its own scope, and of its project how its tasks ended.
//             AN2 nothing that is secret is put before a model, and nothing personal before agents that are not made for it.

import { refused } from '@chorale/lib-errors';
import {
  textTokens,
  type KeptNote,
  type NotesOwner,
  type NotesPort,
  type NotesTrust,
  type Recall,
  type TaskOutcome,
} from '@chorale/module-agents';
import {
  outcomesSession,
  packMemories,
  readOutcome,
  rememberOutcome,
  weighOutcomes,
  type EpisodeId,
  type Memory,
  type MemoryId,
  type MemoryScope,
  type MemoryStore,
  type NewEpisode,
  type Sensitivity,
} from '@chorale/module-memory';
import { explainFound } from '../api/views/memory-view.ts';
import { agentScope, projectOf } from '../memory/project-of.ts';
import type { WorkingMemory } from '../memory/working-memory.ts';
import { sayAdvice } from './say-advice.ts';
import { tellOutcome } from './tell-outcome.ts';

export interface AgentNotesParts {
  readonly memory: MemoryStore;
  readonly working: WorkingMemory;
  readonly now: () => number;
}

const foundMax = 30;
/** What is of a goal under way is told apart. */
const kinds = ['episodic', 'semantic', 'procedural'] as const;
/** Outcomes that are weighed together. */
const outcomesMax = 500;
/** Scopes of one list. */
const teamMax = 50;
const taskKindMax = 200;

export function createAgentNotes({ memory, working, now }: AgentNotesParts): NotesPort {
  const record = async (owner: NotesOwner, episode: NewEpisode): Promise<KeptNote> => {
    const { tenantId } = owner.request.claimed.task;
    const { outcomes } = await memory.execute({ command: 'record-episodes', tenantId, episodes: [episode] });
    const { outcome = 'noise', memories = [], reason } = outcomes[0] ?? {};
    return { outcome, memoryIds: memories, ...(reason === undefined ? {} : { reason }) };
  };
  return {
    recall: (owner, about) => recall(memory, owner, about),
    async advise(owner, team) {
      const { tenantId } = owner.request.claimed.task;
      const of = (names: readonly string[]) =>
        memory.listMemories(tenantId, {
          scopes: names.map((name) => ownScope({ ...owner, agent: name })),
          kind: 'procedural',
          sessionId: outcomesSession,
          limit: outcomesMax,
        });
      const own = await of([owner.agent]);
      const others = team.length === 0 ? [] : await of(team.slice(0, teamMax));
      const kind = taskKindOf(owner);
      const alike = own.filter(({ claim }) => claim?.subject === kind);
      return { lines: sayAdvice({ kind, own: weighOutcomes(alike, now()), team: weighOutcomes(others, now()) }) };
    },
    async recordOutcome(owner, outcome) {
      const { claimed } = owner.request;
      const project = projectOf(claimed.goal);
      const kept = await record(owner, {
        ...episodeOf(owner, { text: tellOutcome(owner.agent, outcome), recalled: outcome.recalled, at: now() }),
        scope: project ?? ownScope(owner),
      });
      await keepProcedure(memory, owner, { outcome, kept });
      return kept;
    },
    remember: (owner, { no, text, recalled }) => record(owner, episodeOf(owner, { text, recalled, at: now(), no })),
    async leave({ request, agent, rootGoalId }, { no, text }) {
      const { tenantId } = request.claimed.task;
      const note = { id: `${tailOf(request)}-w${no}`, agent, text, at: now() };
      await working.leave({ tenantId, goalId: rootGoalId }, note);
    },
    async readLeft({ request, rootGoalId }) {
      // Where a cluster keeps it may be away; that costs the notes of this goal, and not what was recalled.
      const of = { tenantId: request.claimed.task.tenantId, goalId: rootGoalId };
      const left = await working.read(of).catch(() => []);
      return left.map(({ agent, text }) => `${agent}: ${text}`);
    },
    async forget(owner, id) {
      const { tenantId } = owner.request.claimed.task;
      const found = await memory.findMemory(tenantId, id as MemoryId);
      if (found === undefined || found.scope.kind !== 'agent' || found.scope.id !== ownScope(owner).id) {
        throw refused('memory-not-found', `No memory of yours is ${JSON.stringify(id.slice(0, 100))}.`, {
          action: 'Look for it with memory_search; what others keep is theirs.',
        });
      }
      await memory.execute({ command: 'retract', tenantId, memoryId: found.memoryId });
    },
  };
}

async function recall(
  memory: MemoryStore,
  owner: NotesOwner,
  { text, tokensMax }: { readonly text: string; readonly tokensMax: number },
): Promise<Recall> {
  const { tenantId } = owner.request.claimed.task;
  const found = await memory.search({
    tenantId,
    scopes: readScopes(owner),
    kinds,
    text,
    limit: foundMax,
    // What is personal goes where the agent's file says that such data goes.
    sensitivity: sensitivityOf(owner) === 'normal' ? 'normal' : 'personal',
  });
  const told = found.filter(({ memory: { recordedBy } }) => recordedBy !== outcomesSession);
  const pack = packMemories(told, { tokensMax, estimateTokens: textTokens });
  const byId = new Map(told.map((one) => [one.memory.memoryId, one]));
  const notes = pack.citations.flatMap(({ number, memoryId }) => {
    const one = byId.get(memoryId);
    return one === undefined ? [] : [{ number, memoryId, score: one.score, why: explainFound(one) }];
  });
  const memoryIds = pack.citations.map(({ memoryId }) => memoryId);
  if (memoryIds.length > 0) await memory.execute({ command: 'note-use', tenantId, memoryIds });
  const cited = memoryIds.flatMap((memoryId) => byId.get(memoryId)?.memory ?? []);
  return { text: pack.text, notes, trust: await trustOf(memory, owner, cited) };
}

/** Who records what is made of episodes. */
const extracted = 'extraction';
const worse: readonly NotesTrust[] = ['people', 'public', 'private'];

/**
 * People's words are trusted where somebody of the tenant wrote them down or the person who asks said them: a conversation with others may
 * have been told as well. Of what an agent said, it is that of what it had read, which stands with how its task ended.
 */
async function trustOf(store: MemoryStore, owner: NotesOwner, cited: readonly Memory[]): Promise<NotesTrust> {
  const { requestedBy } = owner.request.claimed.goal;
  let worst: NotesTrust = 'people';
  for (const { tenantId, memoryId, role, recordedBy, scope } of cited) {
    if (role === 'person' && (recordedBy !== extracted || (scope.kind === 'user' && scope.id === requestedBy)))
      continue;
    const outcome = await store.findMemory(tenantId, procedureId(memoryId));
    const trust = worse.find((one) => one === (outcome === undefined ? '' : readOutcome(outcome)?.trust)) ?? 'private';
    if (worse.indexOf(trust) > worse.indexOf(worst)) worst = trust;
  }
  return worst;
}

function procedureId(memoryId: MemoryId): MemoryId {
  return `${memoryId}-p` as MemoryId;
}

function sensitivityOf({ dataClass }: NotesOwner): Sensitivity {
  return dataClass === 'personal' || dataClass === 'secret' ? dataClass : 'normal';
}

function ownScope({ request, agent }: NotesOwner): MemoryScope {
  return agentScope(agent, request.claimed.goal.projectId);
}

function readScopes(owner: NotesOwner): readonly MemoryScope[] {
  const { task, goal } = owner.request.claimed;
  const project = projectOf(goal);
  return [
    ownScope(owner),
    { kind: 'tenant', id: task.tenantId },
    ...(goal.requestedBy === '' ? [] : [{ kind: 'user', id: goal.requestedBy } as const]),
    ...(project === undefined ? [] : [project]),
  ];
}

/** What of its goal a task is, or the skill it is worked at through: tasks that agents made up have names of their own. */
function taskKindOf({ request }: NotesOwner): string {
  const { definition, claimed } = request;
  const { workflow, depth } = claimed.goal;
  const kind = depth === 0 ? `${workflow}/${definition.key}` : `tasks of ${definition.skill ?? 'plans'}`;
  return kind.slice(0, taskKindMax);
}

interface Told {
  readonly text: string;
  readonly recalled: readonly string[];
  readonly at: number;
  readonly no?: number;
}

function episodeOf(owner: NotesOwner, { text, recalled, at, no }: Told): NewEpisode {
  const { request, agent } = owner;
  const { goalId } = request.claimed.task;
  return {
    episodeId: `episode_${tailOf(request)}${no === undefined ? '' : `-n${no}`}` as EpisodeId,
    scope: ownScope(owner),
    sessionId: goalId,
    speaker: agent,
    role: 'assistant',
    text,
    occurredAt: at,
    sensitivity: sensitivityOf(owner),
    recalled: recalled as readonly MemoryId[],
  };
}

function tailOf({ claimed: { task } }: NotesOwner['request']): string {
  return `${task.goalId.replace(/^[a-z]+_/, '')}-${task.no}-${task.run}`;
}

async function keepProcedure(
  memory: MemoryStore,
  owner: NotesOwner,
  { outcome, kept }: { readonly outcome: TaskOutcome; readonly kept: KeptNote },
): Promise<void> {
  const { task } = owner.request.claimed;
  const { succeeded, strategy, tools, trust, durationMs, cost } = outcome;
  const facts = { succeeded, strategy, trust, durationMs, cost };
  const told = `episode_${tailOf(owner.request)}` as EpisodeId;
  await memory.execute({
    command: 'remember',
    tenantId: task.tenantId,
    memory: rememberOutcome(
      {
        taskKind: taskKindOf(owner),
        agent: owner.agent,
        ...facts,
        tools: tools.filter((tool) => tool.succeeded > 0).map(({ name }) => name),
        failedTools: tools.filter((tool) => tool.failed > 0).map(({ name }) => name),
      },
      {
        memoryId: procedureId(`memory_${tailOf(owner.request)}` as MemoryId),
        scope: ownScope(owner),
        task: `${task.goalId}/${task.key}/${task.run}`,
        // What was kept nowhere is no source.
        provenance: kept.memoryIds.length > 0 ? [told] : [],
      },
    ),
  });
}
