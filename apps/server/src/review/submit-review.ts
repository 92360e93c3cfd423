// Which goal a start works on: the one an earlier start began on the same repository and whose report nobody has seen
// yet, else a new one.
//
// A goal that is followed has a mark beside its report until the report was shown: a process that is killed between the
// end of the goal and that moment leaves the mark, and the next start shows the report instead of making another.

import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { GoalId } from '@chorale/lib-ids';
import { goalStates, isGoalEnded, type Goal, type GoalStore } from '@chorale/module-goals';
import { submitGoal, systemCaller, type ApiServices } from '../api/index.ts';

const reviewWorkflow = 'review-repository';
const openStates = goalStates.filter((state) => !isGoalEnded(state));
/** Open reviews beyond this are not looked through: then another start begins another. */
const openGoalsMax = 200;

export interface ReviewRequest {
  /** A folder or a git URL, as given. */
  readonly repository: string;
  readonly ref: string;
  readonly cwd: string;
  /** Where reports are put, a folder for each goal. */
  readonly reports: string;
}

const markName = '.unseen';

interface ReviewInputs {
  readonly repository: string;
  readonly ref: string;
}

export async function submitReview(
  services: ApiServices,
  request: ReviewRequest,
): Promise<{ readonly goal: Goal; readonly existing: boolean }> {
  const inputs: ReviewInputs = { repository: addressOf(request), ref: request.ref };
  const earlier =
    (await findOpenReview(services.store, inputs)) ??
    (await findUnseenReview(services.store, { inputs, reports: request.reports }));
  if (earlier !== undefined) {
    await markUnseen(request.reports, earlier.goalId);
    return { goal: earlier, existing: true };
  }
  const title = `Review of ${basename(inputs.repository.replace(/\/+$/, '')).replace(/\.git$/, '') || inputs.repository}`;
  const submitted = await submitGoal(services, systemCaller, {
    workflow: reviewWorkflow,
    title,
    inputs: { ...inputs },
  });
  await markUnseen(request.reports, submitted.goal.goalId);
  return submitted;
}

export async function markSeen(reports: string, goalId: GoalId): Promise<void> {
  await rm(join(reports, goalId, markName), { force: true });
}

async function markUnseen(reports: string, goalId: GoalId): Promise<void> {
  await mkdir(join(reports, goalId), { recursive: true });
  await writeFile(join(reports, goalId, markName), '');
}

async function findUnseenReview(
  store: GoalStore,
  { inputs, reports }: { readonly inputs: ReviewInputs; readonly reports: string },
): Promise<Goal | undefined> {
  for (const goalId of await readdir(reports).catch(() => [])) {
    if (!existsSync(join(reports, goalId, markName))) continue;
    const goal = await store.findGoal(systemCaller.tenantId, goalId as GoalId);
    if (goal !== undefined && isReviewOf(goal, inputs)) return goal;
  }
  return undefined;
}

export function repositoryOf({ inputs }: Goal): string {
  const { repository } = inputs;
  return typeof repository === 'string' ? repository : JSON.stringify(repository);
}

async function findOpenReview(store: GoalStore, inputs: ReviewInputs): Promise<Goal | undefined> {
  const { items } = await store.listGoals(systemCaller.tenantId, {
    states: openStates,
    workflow: reviewWorkflow,
    limit: openGoalsMax,
  });
  return items.find((goal) => isReviewOf(goal, inputs));
}

function isReviewOf(goal: Goal, inputs: ReviewInputs): boolean {
  if (goal.workflow !== reviewWorkflow || goal.parentGoalId !== undefined) return false;
  return repositoryOf(goal) === inputs.repository && goal.inputs['ref'] === inputs.ref;
}

/** A folder by its real path, so that two ways to name it are one repository. */
function addressOf({ repository, cwd }: ReviewRequest): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//.test(repository)) return repository;
  const path = resolve(cwd, repository);
  try {
    return realpathSync(path);
  } catch {
    // It is not there: the task that looks for it says so, in the goal's own words.
    return path;
  }
}
