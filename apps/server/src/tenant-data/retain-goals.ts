// Deletes goals that ended long ago, with what they did, wrote and kept.
//
// Invariants: RG1 what is held stays, with its sub-goals: of a tenant, of a project, of what it was about, of who asked for it.
//             RG2 bytes go when no goal that is left names them, and not while they may be on their way into one.
import { unreachable } from '@chorale/lib-errors';
import type { GoalId, ProjectId, TenantId } from '@chorale/lib-ids';
import type { EndedGoal, EndedGoals } from '@chorale/module-access';
import type { LegalHold } from '@chorale/module-memory';
import { projectOf } from '../memory/project-of.ts';
import type { KeptBytes } from '../platform/open-artifacts.ts';

export interface GoalRetentionPorts {
  readonly rows: EndedGoals;
  readonly bytes: Pick<KeptBytes, 'listArtifacts' | 'removeArtifact'>;
  readonly listHolds: (tenantId: TenantId) => Promise<readonly Pick<LegalHold, 'scope'>[]>;
}

export interface Span {
  readonly tenantId: TenantId;
  readonly before: number;
  /** Asked between two batches: what is not done yet is done the next time. */
  readonly isEnding?: () => boolean;
}

const goalsAtOnce = 100;
/** Clocks of buckets are not those of databases. */
const clockMarginMs = 3_600_000;

type Batch = { readonly going: readonly EndedGoal[]; readonly held: number };

/** In an order in which parents come before their sub-goals, so that these are held with them. */
async function* listBatches(
  { rows, listHolds }: GoalRetentionPorts,
  { tenantId, before, isEnding = () => false }: Span,
): AsyncGenerator<Batch> {
  const kept = new Set<GoalId>();
  for (let after: EndedGoal | undefined; !isEnding();) {
    const page = await rows.listEndedGoals(tenantId, { endedBefore: before, limit: goalsAtOnce, after });
    // Each time: it may take hours, and a hold counts from the moment it is placed.
    const holds = await listHolds(tenantId);
    const going = page.filter((goal) => {
      const { goalId, parentGoalId } = goal;
      const isHeld =
        (parentGoalId !== undefined && kept.has(parentGoalId)) || holds.some((hold) => holdsGoal(hold, goal));
      if (isHeld) kept.add(goalId);
      return !isHeld;
    });
    if (page.length > 0) yield { going, held: page.length - going.length };
    if (page.length < goalsAtOnce) return;
    after = page.at(-1);
  }
}

function holdsGoal({ scope }: Pick<LegalHold, 'scope'>, { projectId, requestedBy, inputs }: EndedGoal): boolean {
  switch (scope.kind) {
    case 'tenant':
      return true;
    case 'project':
      return scope.id === projectId || scope.id === projectOf({ inputs, projectId: projectId as ProjectId })?.id;
    case 'user':
      return scope.id === requestedBy;
    // What agents and teams know is memory, and no goal.
    case 'agent':
    case 'team':
      return false;
    default:
      return unreachable(scope.kind);
  }
}

/** What would go; bytes that others name as well stay, so that there may be fewer. */
export async function planGoals(ports: GoalRetentionPorts, span: Span): Promise<Readonly<Record<string, number>>> {
  let [goals, held, artifactBytes] = [0, 0, 0];
  for await (const batch of listBatches(ports, span)) {
    goals += batch.going.length;
    held += batch.held;
    artifactBytes += batch.going.reduce((sum, goal) => sum + goal.artifactBytes, 0);
  }
  return { goals, 'goals held': held, 'artifact bytes': artifactBytes };
}

export async function dropGoals(ports: GoalRetentionPorts, span: Span): Promise<Readonly<Record<string, number>>> {
  const { tenantId, before } = span;
  let [goals, held] = [0, 0];
  for await (const batch of listBatches(ports, span)) {
    const goalIds = batch.going.map(({ goalId }) => goalId);
    if (goalIds.length > 0) goals += (await ports.rows.eraseGoals(tenantId, { goalIds, endedBefore: before })).length;
    held += batch.held;
  }
  const plans = await ports.rows.dropUnusedPlans(tenantId);
  return { goals, 'goals held': held, plans, 'artifact bytes': await dropBytes(ports, span) };
}

/**
 * Whoever makes bytes has put them, whether or not they were there: what was put last before a moment is made by nothing that
 * was created after it. It may have been given what others made before.
 */
async function dropBytes({ rows, bytes }: GoalRetentionPorts, { tenantId, before }: Span): Promise<number> {
  const storedBefore = before - clockMarginMs;
  const candidates = new Set<string>();
  for await (const { hash, storedAt } of bytes.listArtifacts(tenantId))
    if (storedAt < storedBefore) candidates.add(hash);
  if (candidates.size === 0) return 0;
  for (const which of [{ createdBefore: before }, { createdBefore: Number.MAX_SAFE_INTEGER, where: 'given' }] as const)
    for (let after: GoalId | undefined; ;) {
      const { hashes, next } = await rows.listHashes(tenantId, { ...which, limit: goalsAtOnce, after });
      for (const hash of hashes) candidates.delete(hash);
      if (next === undefined) break;
      after = next;
    }
  let gone = 0;
  for (const hash of candidates) gone += await bytes.removeArtifact(tenantId, hash, storedBefore);
  return gone;
}
