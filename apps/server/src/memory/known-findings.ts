// Findings of reviews as memory: a claim for each, about what was reviewed, that says since when it is open and from when on it is
// fixed. So the second review of a repository says what changed since the first, without any model, and the timeline of the
// repository has it all.
//
// Invariants: KF1 a finding is the same while its id is: rule, file and key, whatever its line.
//             KF2 what an area that did not run, or did not list all it found, does not name is not fixed: nobody looked.
//             KF3 remembered again, by a task that was done twice, nothing changes.

import type { GoalId, ProjectId, TenantId } from '@chorale/lib-ids';
import type { Memory, MemoryId, MemoryScope, MemoryStore, NewMemory } from '@chorale/module-memory';
import { projectScope } from './project-of.ts';

export interface Finding {
  readonly id: string;
  readonly severity: string;
  readonly title: string;
  readonly file?: string;
}

/** As it was at the last review. */
export interface KnownFinding extends Finding {
  /** When it was first found. */
  readonly since: number;
}

export interface LastReview {
  readonly at: number;
  readonly goalId: string;
  readonly commit: string;
}

export interface Reviewed {
  /** What was reviewed, as its goal names it. */
  readonly about: string;
  /** Branch, tag or commit; empty for the default branch. */
  readonly ref: string;
}

export interface ReviewFound extends Reviewed {
  readonly commit: string;
  readonly headline: string;
  /** Areas that ran and listed all they found. */
  readonly areas: readonly string[];
  readonly open: readonly Finding[];
}

export interface Keeper {
  readonly store: Pick<MemoryStore, 'execute' | 'listMemories'>;
  readonly tenantId: TenantId;
  /** Of the tenant: where the goal belongs. */
  readonly projectId: ProjectId;
  readonly goalId: GoalId;
}

const reviewer = 'review';
const pageSize = 500;
/** Writes on their way at once. */
const atOnce = 100;
const lastReview = 'last review';

export async function recallFindings(
  keeper: Omit<Keeper, 'goalId'>,
  reviewed: Reviewed,
): Promise<{ readonly last: LastReview | undefined; readonly open: readonly KnownFinding[] }> {
  let last: LastReview | undefined;
  const open: KnownFinding[] = [];
  for await (const { claim, validFrom } of claimsThatHold(keeper, reviewed)) {
    if (claim === undefined) continue;
    const value = readValue(claim.value);
    if (claim.attribute === lastReview) last = { ...(value as unknown as LastReview), at: validFrom };
    else if (value.state === 'open') open.push({ ...(value.finding as Finding), since: value.since ?? validFrom });
  }
  return { last, open };
}

export async function rememberFindings(
  keeper: Keeper,
  found: ReviewFound,
): Promise<{ readonly opened: number; readonly fixed: number }> {
  const { scope, subject } = placeOf(found, keeper);
  const known = new Map((await recallFindings(keeper, found)).open.map((one) => [one.id, one]));
  const named = new Set(found.open.map(({ id }) => id));
  const opened = found.open.filter((finding) => !isSame(finding, known.get(finding.id)));
  const fixed = [...known.values()].filter(({ id }) => !named.has(id) && found.areas.includes(areaOf(id)));
  const base = { scope, kind: 'semantic', recordedBy: reviewer, role: 'tool' } as const;
  const tail = keeper.goalId.replace(/^[a-z]+_/, '');
  const claimOf = (id: string, value: object) => ({
    subject,
    attribute: `finding ${id}`,
    value: JSON.stringify(value),
  });
  const memories: NewMemory[] = [
    ...opened.map((finding): NewMemory => ({
      ...base,
      memoryId: `memory_${tail}-${finding.id}` as MemoryId,
      body: `open since this review: ${sayFinding(finding)}`,
      claim: claimOf(finding.id, { state: 'open', finding, since: known.get(finding.id)?.since }),
      sessionId: keeper.goalId,
    })),
    ...fixed.map(({ since: _since, ...finding }): NewMemory => ({
      ...base,
      memoryId: `memory_${tail}-${finding.id}` as MemoryId,
      body: `fixed since the review before: ${sayFinding(finding)}`,
      claim: claimOf(finding.id, { state: 'fixed', finding }),
      sessionId: keeper.goalId,
    })),
  ];
  for (let at = 0; at < memories.length; at += atOnce)
    await Promise.all(memories.slice(at, at + atOnce).map((memory) => remember(keeper, memory)));
  // Last: what is cut off before it is done again as a whole.
  await remember(keeper, {
    ...base,
    memoryId: `memory_${tail}-review` as MemoryId,
    body: `Review of ${subject}${found.commit === '' ? '' : ` at ${found.commit.slice(0, 12)}`}: ${found.headline}`,
    claim: {
      subject,
      attribute: lastReview,
      value: JSON.stringify({ goalId: keeper.goalId, commit: found.commit }),
    },
    sessionId: keeper.goalId,
  });
  return { opened: opened.length, fixed: fixed.length };
}

function remember({ store, tenantId }: Keeper, memory: NewMemory) {
  return store.execute({ command: 'remember', tenantId, memory });
}

async function* claimsThatHold(
  { store, tenantId, projectId }: Omit<Keeper, 'goalId'>,
  reviewed: Reviewed,
): AsyncIterable<Memory> {
  const { scope, subject } = placeOf(reviewed, { projectId });
  let before: MemoryId | undefined;
  for (;;) {
    const from = before === undefined ? {} : { before };
    const page = await store.listMemories(tenantId, {
      scopes: [scope],
      subject,
      state: 'active',
      limit: pageSize,
      ...from,
    });
    for (const memory of page)
      if (memory.recordedBy === reviewer && memory.validTo === undefined && memory.retractedAt === undefined)
        yield memory;
    before = page.at(-1)?.memoryId;
    if (page.length < pageSize) return;
  }
}

/** Another branch is another subject of the same project. */
function placeOf(
  { about, ref }: Reviewed,
  { projectId }: Pick<Keeper, 'projectId'>,
): { readonly scope: MemoryScope; readonly subject: string } {
  const scope = projectScope(about, projectId);
  return { scope, subject: ref === '' ? scope.id : `${scope.id} at ${ref}` };
}

function sayFinding({ severity, title, file }: Finding): string {
  return `${severity}: ${title}${file === undefined ? '' : ` (${file})`}`;
}

/** The skill that found it, as its id begins. */
function areaOf(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf('.')));
}

function isSame(finding: Finding, known: Finding | undefined): boolean {
  return known !== undefined && known.severity === finding.severity && known.title === finding.title;
}

interface ClaimValue {
  readonly state?: 'open' | 'fixed';
  readonly finding?: Finding;
  readonly since?: number;
}

function readValue(text: string): ClaimValue {
  try {
    return JSON.parse(text) as ClaimValue;
  } catch {
    return {};
  }
}
