// The store of goals as somebody has it who may do something in some projects alone.
//
// Invariants: LS1 what belongs to a project outside of the scope is as if it were not there, whatever it is asked by.
//             LS2 nothing is added here by itself: a method that the port comes to have must be given a place below.
import { broken, refused } from '@chorale/lib-errors';
import { defaultProject, type GoalId, type ProjectId, type ScheduleId, type TenantId } from '@chorale/lib-ids';
import type {
  Approval,
  ApprovalFilter,
  Command,
  Goal,
  GoalFilter,
  GoalStore,
  Page,
  ReplyOf,
} from '@chorale/module-goals';
import type { ProjectScope } from './caller.ts';

export function limitStore(store: GoalStore, scope: ProjectScope): GoalStore {
  const goals = new LimitedGoals(store, scope);
  const ofGoal =
    <Given extends readonly unknown[], Found>(
      read: (tenantId: TenantId, goalId: GoalId, ...given: Given) => Promise<readonly Found[]>,
    ) =>
    async (tenantId: TenantId, goalId: GoalId, ...given: Given): Promise<readonly Found[]> =>
      (await goals.find(tenantId, goalId)) === undefined ? [] : read(tenantId, goalId, ...given);
  return {
    execute: (command) => goals.execute(command),
    findGoal: (tenantId, goalId) => goals.find(tenantId, goalId),
    listGoals: (tenantId, filter) => listGoals(store, scope, { tenantId, filter }),
    listTasks: ofGoal((...given) => store.listTasks(...given)),
    findTasks: ofGoal((...given: Parameters<GoalStore['findTasks']>) => store.findTasks(...given)),
    listAttempts: ofGoal((...given: Parameters<GoalStore['listAttempts']>) => store.listAttempts(...given)),
    listSteps: ofGoal((...given: Parameters<GoalStore['listSteps']>) => store.listSteps(...given)),
    listEvents: ofGoal((...given: Parameters<GoalStore['listEvents']>) => store.listEvents(...given)),
    listPlanVersions: ofGoal((...given) => store.listPlanVersions(...given)),
    listArtifacts: ofGoal((...given) => store.listArtifacts(...given)),
    async findApproval(tenantId, approvalId) {
      const found = await store.findApproval(tenantId, approvalId);
      return found !== undefined && reaches(scope, found.projectId) ? found : undefined;
    },
    listApprovals: (tenantId, filter) => listApprovals(store, scope, { tenantId, filter }),
    async listSchedules(tenantId) {
      return (await store.listSchedules(tenantId)).filter(({ projectId }) => scope.may(projectId));
    },
    // Found by the hash that stands in a goal or a schedule, which is what leads there.
    findDefinition: (tenantId, planHash) => store.findDefinition(tenantId, planHash),
    // Of the installation, and the same for all.
    listWorkers: () => store.listWorkers(),
    configure: ofAll,
    onCommit: ofAll,
    findDue: ofAll,
    listHeld: ofAll,
    queueStats: ofAll,
    measureUse: ofAll,
    close: ofAll,
  };
}

function ofAll(): never {
  throw broken('store-limited', 'What is about all projects was asked of a store with some of them.');
}

/** @throws refused `not-permitted` where it may be seen, and this not be done. */
function reaches({ may, sees }: ProjectScope, projectId: ProjectId): boolean {
  if (may(projectId)) return true;
  if (!sees(projectId)) return false;
  throw refused('not-permitted', `this may not be done in the project ${projectId}`, {
    action: 'ask somebody who manages the project for a role that may',
  });
}

class LimitedGoals {
  readonly #store: GoalStore;
  readonly #scope: ProjectScope;

  constructor(store: GoalStore, scope: ProjectScope) {
    this.#store = store;
    this.#scope = scope;
  }

  async find(tenantId: TenantId, goalId: GoalId): Promise<Goal | undefined> {
    const goal = await this.#store.findGoal(tenantId, goalId);
    return goal !== undefined && reaches(this.#scope, goal.projectId) ? goal : undefined;
  }

  async execute<C extends Command>(command: C): Promise<ReplyOf<C>> {
    await this.#check(command);
    return this.#store.execute(command);
  }

  /** What people do to goals and schedules; what workers and the clock do comes by no route. */
  async #check(command: Command): Promise<void> {
    if (command.command === 'submit-goal' || command.command === 'put-schedule')
      return this.#require(command.projectId ?? defaultProject);
    if (command.command === 'drop-schedule') return this.#require(await this.#projectOfSchedule(command));
    if (!isOfGoal(command)) return ofAll();
    const goal = await this.find(command.tenantId, command.goalId);
    if (goal === undefined) throw refused('goal-not-found', `there is no goal ${command.goalId}`);
  }

  async #projectOfSchedule(of: { readonly tenantId: TenantId; readonly scheduleId: ScheduleId }): Promise<ProjectId> {
    const all = await this.#store.listSchedules(of.tenantId);
    const found = all.find(({ scheduleId }) => scheduleId === of.scheduleId);
    if (found === undefined) throw refused('schedule-not-found', `there is no schedule ${of.scheduleId}`);
    return found.projectId;
  }

  #require(projectId: ProjectId): void {
    if (!reaches(this.#scope, projectId)) throw refused('project-not-found', `there is no project ${projectId}`);
  }
}

interface Asked<Filter> {
  readonly tenantId: TenantId;
  readonly filter: Filter;
}

/** One project after the other by its index, and of what they give the first: nothing is sorted but these. */
async function fromEach<Found>(
  scope: ProjectScope,
  only: ProjectId | undefined,
  read: (projectId: ProjectId) => Promise<readonly Found[]>,
): Promise<readonly Found[]> {
  const projects = only === undefined ? await scope.list() : [only].filter((projectId) => scope.may(projectId));
  const found: Found[] = [];
  for (const projectId of projects) found.push(...(await read(projectId)));
  return found;
}

async function listGoals(
  store: GoalStore,
  scope: ProjectScope,
  { tenantId, filter }: Asked<GoalFilter>,
): Promise<Page<Goal>> {
  const read = async (projectId: ProjectId): Promise<readonly Goal[]> =>
    (await store.listGoals(tenantId, { ...filter, projectId })).items;
  const found = await fromEach(scope, filter.projectId, read);
  const items = found.toSorted((a, b) => (a.goalId < b.goalId ? 1 : -1)).slice(0, filter.limit);
  return { items, next: items.length < filter.limit ? undefined : items.at(-1)?.goalId };
}

async function listApprovals(
  store: GoalStore,
  scope: ProjectScope,
  { tenantId, filter }: Asked<ApprovalFilter>,
): Promise<readonly Approval[]> {
  const read = (projectId: ProjectId): Promise<readonly Approval[]> =>
    store.listApprovals(tenantId, { ...filter, projectId });
  const found = await fromEach(scope, filter.projectId, read);
  return found.toSorted((a, b) => (a.approvalId < b.approvalId ? -1 : 1)).slice(0, filter.limit);
}

const goalCommands = [
  'pause-goal',
  'resume-goal',
  'cancel-goal',
  'edit-plan',
  'retry-task',
  'rerun-from',
  'decide-approval',
  'send-signal',
  'send-message',
  'reconcile-goal',
] as const;

type GoalCommand = Extract<Command, { readonly command: (typeof goalCommands)[number] }>;

function isOfGoal(command: Command): command is GoalCommand {
  return goalCommands.some((name) => name === command.command);
}
