// The typed client of Chorale's REST API, for browsers and Node alike.
import type { Agent, Skill, Validation, Workflow, WorkflowSummary } from './catalog.ts';
import { accountMethods, type AccountMethods } from './account.ts';
import { auditMethods, type AuditMethods } from './audit.ts';
import { type Calls, createCalls } from './calls.ts';
import type { FollowEventsOptions, FollowOptions } from './follow.ts';
import { followChanges, followEvents, followText } from './follow.ts';
import type {
  Goal,
  GoalBatchItem,
  GoalBatchResult,
  GoalChange,
  GoalExplanation,
  GoalFilter,
  GoalRequest,
  Page,
  SubmittedGoal,
  SubmittedItem,
} from './goal.ts';
import type { Json } from './json.ts';
import { mcpMethods, type McpMethods } from './mcp.ts';
import { memoryImportMethods, type MemoryImportMethods } from './memory-import.ts';
import { memoryMethods, type MemoryMethods } from './memory-methods.ts';
import { messageMethods, type MessageMethods } from './message.ts';
import { modelMethods, type ModelMethods } from './model-methods.ts';
import type { Plan, PlanChangeRequest } from './plan.ts';
import type {
  Approval,
  ApprovalFilter,
  Artifact,
  ArtifactLink,
  ChangeHint,
  Decision,
  DoctorCheck,
  GoalEvent,
  LiveText,
  Process,
  QueueStats,
  Schedule,
  ScheduleRequest,
  Worker,
} from './record.ts';
import type { Fetch, Send } from './request.ts';
import { tenantMethods, type TenantMethods } from './tenant.ts';
import { projectMethods, type ProjectMethods } from './project.ts';
import { secretMethods, type SecretMethods } from './secret.ts';
import { tenantDataMethods, type TenantDataMethods } from './tenant-data.ts';
import { createSend, readJson, withKey } from './request.ts';
import { withRetries } from './retrying.ts';
import { withVersions } from './versions.ts';
import type { Attempt, Step, Task } from './task.ts';

export interface ClientOptions {
  /** Such as `http://127.0.0.1:7717`; empty in a page that the server itself delivers. */
  readonly baseUrl: string;
  readonly fetch?: Fetch;
  /** Who asks; found when the first call is made. None in a page, which has a session. */
  readonly key?: string | (() => Promise<string | undefined>);
  /**
   * For how long a request that may be sent again is, while the server cannot be reached or has too much to do: reads, ends of
   * things, and what is made under an idempotency key. Default 0.
   */
  readonly retrySeconds?: number;
}

/** Every method rejects with a `ClientError` when the server refuses or cannot be reached. */
export interface ChoraleClient
  extends
    ModelMethods,
    McpMethods,
    MessageMethods,
    MemoryMethods,
    MemoryImportMethods,
    AuditMethods,
    AccountMethods,
    ProjectMethods,
    SecretMethods,
    TenantDataMethods,
    TenantMethods {
  readonly baseUrl: string;

  submitGoal(request: GoalRequest, options?: { readonly idempotencyKey?: string }): Promise<SubmittedGoal>;
  /** Each is taken in or refused by itself; up to 500. */
  submitGoals(goals: readonly GoalBatchItem[]): Promise<readonly SubmittedItem[]>;
  /** Newest first. */
  listGoals(filter?: GoalFilter): Promise<Page<Goal>>;
  getGoal(goalId: string): Promise<Goal>;
  /** Undefined while the goal still has this version. */
  getGoalIfChanged(goalId: string, version: number): Promise<Goal | undefined>;
  /** Says that nothing is unknown any more of what was done before the database was restored. */
  reconcileGoal(goalId: string): Promise<Goal>;
  pauseGoal(goalId: string, change?: GoalChange): Promise<Goal>;
  resumeGoal(goalId: string, change?: GoalChange): Promise<Goal>;
  cancelGoal(goalId: string, change?: GoalChange): Promise<Goal>;
  /** `sessions: 'none'` leaves out what agents did, which costs the server a journal for each task. */
  explainGoal(goalId: string, options?: { readonly sessions?: 'all' | 'none' }): Promise<GoalExplanation>;
  sendSignal(goalId: string, name: string, payload: Json): Promise<Goal>;

  getPlan(goalId: string): Promise<Plan>;
  changePlan(goalId: string, request: PlanChangeRequest): Promise<Goal>;

  /** All tasks, in order of their number. */
  listTasks(goalId: string): Promise<readonly Task[]>;
  getTask(goalId: string, taskNo: number): Promise<Task>;
  listAttempts(goalId: string, taskNo: number): Promise<readonly Attempt[]>;
  /** The journal of the latest run, or of the run named. */
  listSteps(goalId: string, taskNo: number, filter?: { readonly run?: number }): Promise<readonly Step[]>;
  retryTask(goalId: string, taskKey: string, change?: { readonly input?: Json }): Promise<Goal>;
  /** Runs the task and everything that needs it again. */
  rerunFromTask(goalId: string, taskKey: string): Promise<Goal>;
  /** Says something to the agent that works on the task; with the same `messageId`, once. */
  sendMessage(
    goalId: string,
    taskKey: string,
    message: { readonly text: string; readonly messageId?: string },
  ): Promise<Goal>;

  listEvents(goalId: string, filter?: { readonly after?: number; readonly limit?: number }): Promise<Page<GoalEvent>>;
  /** Every event after `after`, exactly once and in order, across lost connections; ends when the signal aborts. */
  followEvents(goalId: string, options?: FollowEventsOptions): AsyncIterable<GoalEvent>;
  /** What models say to the agents of a goal while they say it, from now on; ends when the signal aborts. */
  followText(goalId: string, options?: FollowOptions): AsyncIterable<LiveText>;
  /** Which goals have changed: a hint for live lists. Begins with `resync`, and after every reconnect. */
  followChanges(options?: FollowOptions): AsyncIterable<ChangeHint>;

  listArtifacts(goalId: string): Promise<readonly Artifact[]>;
  /** Where the bytes can be had, for links and frames. */
  artifactUrl(artifact: Pick<Artifact, 'href'>): string;
  openArtifact(artifact: Pick<Artifact, 'href'>, options?: { readonly signal?: AbortSignal }): Promise<Response>;

  /** An address under which anybody can read the bytes for a few minutes (300 s where nothing is said, 900 at most). */
  linkArtifact(
    artifact: Pick<Artifact, 'hash' | 'goalId' | 'name'>,
    options?: { readonly seconds?: number },
  ): Promise<ArtifactLink>;

  listApprovals(filter?: ApprovalFilter): Promise<readonly Approval[]>;
  getApproval(approvalId: string): Promise<Approval>;
  decideApproval(approvalId: string, decision: Decision): Promise<Approval>;

  listWorkflows(): Promise<readonly WorkflowSummary[]>;
  getWorkflow(name: string): Promise<Workflow>;
  /** Every mistake in the text of a workflow file, with line and column. */
  validateWorkflow(text: string, options?: { readonly path?: string }): Promise<Validation>;
  /** JSON Schema 2020-12 of workflow files. */
  getWorkflowSchema(): Promise<{ readonly [key: string]: unknown }>;
  listAgents(): Promise<readonly Agent[]>;
  getAgent(name: string): Promise<Agent>;
  listSkills(): Promise<readonly Skill[]>;
  getSkill(name: string): Promise<Skill>;

  listSchedules(filter?: { readonly projectId?: string }): Promise<readonly Schedule[]>;
  addSchedule(request: ScheduleRequest): Promise<Schedule>;
  removeSchedule(scheduleId: string): Promise<void>;

  /** All of them, whatever they do; workers are those that run tasks. */
  listProcesses(): Promise<readonly Process[]>;
  listWorkers(): Promise<readonly Worker[]>;
  queueStats(): Promise<QueueStats>;
  /** The server's effective configuration; secrets appear only as references. */
  getConfig(): Promise<{ readonly [key: string]: Json }>;
  /** What the server's machine has and lacks. */
  runDoctor(): Promise<readonly DoctorCheck[]>;
}

export function createClient(options: ClientOptions): ChoraleClient {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  // Called through a wrapper: browsers refuse a `fetch` that lost its `this`.
  const once: Fetch = options.fetch ?? ((input, init) => fetch(input, init));
  const { retrySeconds = 0 } = options;
  const fetchIt = withVersions(retrySeconds > 0 ? withRetries(once, retrySeconds * 1_000) : once);
  const send = createSend(baseUrl, options.key === undefined ? fetchIt : withKey(fetchIt, options.key));
  const calls = createCalls(send);
  return {
    baseUrl,
    ...goalMethods(send, calls),
    ...taskMethods(calls),
    ...recordMethods(send, calls, baseUrl),
    ...catalogMethods(calls),
    ...installationMethods(calls),
    ...modelMethods(calls),
    ...mcpMethods(calls),
    ...messageMethods(calls),
    ...memoryMethods(send, calls),
    ...memoryImportMethods(calls),
    ...auditMethods(send, calls),
    ...projectMethods(calls),
    ...secretMethods(calls),
    ...tenantDataMethods(send, calls),
    ...tenantMethods(calls),
    ...accountMethods(calls),
  };
}

type Methods<Names extends keyof ChoraleClient> = Pick<ChoraleClient, Names>;

function goalMethods(
  send: Send,
  { get, post }: Calls,
): Methods<
  | 'submitGoal'
  | 'submitGoals'
  | 'listGoals'
  | 'getGoal'
  | 'getGoalIfChanged'
  | 'pauseGoal'
  | 'resumeGoal'
  | 'cancelGoal'
  | 'reconcileGoal'
  | 'explainGoal'
  | 'sendSignal'
  | 'getPlan'
  | 'changePlan'
> {
  const change = (goalId: string, verb: string, { reason, ifVersion }: GoalChange = {}): Promise<Goal> =>
    post(`${goalPath(goalId)}/${verb}`, reason === undefined ? {} : { reason }, {
      'if-match': ifVersion === undefined ? undefined : `"${ifVersion}"`,
    });
  return {
    async submitGoal(request, { idempotencyKey } = {}) {
      const headers = { 'idempotency-key': idempotencyKey };
      const response = await send('/v1/goals', { method: 'POST', body: request, headers });
      return { goal: await readJson<Goal>(response), existing: response.status === 200 };
    },
    submitGoals: async (goals) => (await post<GoalBatchResult>('/v1/goals/batch', { goals })).items,
    listGoals: ({ states, ...filter } = {}) => get('/v1/goals', { ...filter, state: states }),
    getGoal: (goalId) => get(goalPath(goalId)),
    async getGoalIfChanged(goalId, version) {
      const response = await send(goalPath(goalId), { headers: { 'if-none-match': `"${version}"` } });
      return response.status === 304 ? undefined : readJson<Goal>(response);
    },
    pauseGoal: (goalId, details) => change(goalId, 'pause', details),
    resumeGoal: (goalId, details) => change(goalId, 'resume', details),
    cancelGoal: (goalId, details) => change(goalId, 'cancel', details),
    reconcileGoal: (goalId) => post(`${goalPath(goalId)}/reconcile`, undefined),
    explainGoal: (goalId, options = {}) => get(`${goalPath(goalId)}/explain`, options),
    sendSignal: (goalId, name, payload) => post(`${goalPath(goalId)}/signals/${encodeURIComponent(name)}`, payload),
    getPlan: (goalId) => get(`${goalPath(goalId)}/plan`),
    changePlan: (goalId, request) => post(`${goalPath(goalId)}/plan-changes`, request),
  };
}

function taskMethods({
  get,
  items,
  post,
}: Calls): Methods<
  'listTasks' | 'getTask' | 'listAttempts' | 'listSteps' | 'retryTask' | 'rerunFromTask' | 'sendMessage'
> {
  return {
    listTasks: (goalId) => items(`${goalPath(goalId)}/tasks`),
    getTask: (goalId, taskNo) => get(`${goalPath(goalId)}/tasks/${taskNo}`),
    listAttempts: (goalId, taskNo) => items(`${goalPath(goalId)}/tasks/${taskNo}/attempts`),
    listSteps: (goalId, taskNo, filter) => items(`${goalPath(goalId)}/tasks/${taskNo}/steps`, filter),
    retryTask: (goalId, taskKey, change = {}) =>
      post(`${goalPath(goalId)}/tasks/${encodeURIComponent(taskKey)}/retry`, change),
    rerunFromTask: (goalId, taskKey) => post(`${goalPath(goalId)}/tasks/${encodeURIComponent(taskKey)}/rerun`, {}),
    sendMessage: (goalId, taskKey, message) =>
      post(`${goalPath(goalId)}/tasks/${encodeURIComponent(taskKey)}/messages`, message),
  };
}

function recordMethods(
  send: Send,
  { get, items, post }: Calls,
  baseUrl: string,
): Methods<
  | 'listEvents'
  | 'followEvents'
  | 'followText'
  | 'followChanges'
  | 'listArtifacts'
  | 'artifactUrl'
  | 'openArtifact'
  | 'linkArtifact'
  | 'listApprovals'
  | 'getApproval'
  | 'decideApproval'
> {
  const approvalPath = (approvalId: string): string => `/v1/approvals/${encodeURIComponent(approvalId)}`;
  return {
    listEvents: (goalId, filter) => get(`${goalPath(goalId)}/events`, filter),
    followEvents: (goalId, options) => followEvents(send, goalId, options),
    followText: (goalId, options) => followText(send, goalId, options),
    followChanges: (options) => followChanges(send, options),
    listArtifacts: (goalId) => items(`${goalPath(goalId)}/artifacts`),
    artifactUrl: ({ href }) => `${baseUrl}${href}`,
    linkArtifact: ({ hash, goalId: goal, name }, options) =>
      post(`/v1/artifacts/${encodeURIComponent(hash)}/link`, { goal, name, ...options }),
    openArtifact: ({ href }, { signal } = {}) => send(href, { headers: { accept: '*/*' }, signal }),
    listApprovals: (filter) => items('/v1/approvals', { ...filter }),
    getApproval: (approvalId) => get(approvalPath(approvalId)),
    decideApproval: (approvalId, decision) => post(`${approvalPath(approvalId)}/decision`, decision),
  };
}

function catalogMethods({
  get,
  items,
  post,
}: Calls): Methods<
  | 'listWorkflows'
  | 'getWorkflow'
  | 'validateWorkflow'
  | 'getWorkflowSchema'
  | 'listAgents'
  | 'getAgent'
  | 'listSkills'
  | 'getSkill'
> {
  return {
    listWorkflows: () => items('/v1/workflows'),
    getWorkflow: (name) => get(`/v1/workflows/${encodeURIComponent(name)}`),
    validateWorkflow: (text, details = {}) => post('/v1/workflows/validate', { text, ...details }),
    getWorkflowSchema: () => get('/v1/workflow-schema'),
    listAgents: () => items('/v1/agents'),
    getAgent: (name) => get(`/v1/agents/${encodeURIComponent(name)}`),
    listSkills: () => items('/v1/skills'),
    getSkill: (name) => get(`/v1/skills/${encodeURIComponent(name)}`),
  };
}

function installationMethods({
  get,
  items,
  post,
  remove,
}: Calls): Methods<
  | 'listSchedules'
  | 'addSchedule'
  | 'removeSchedule'
  | 'listProcesses'
  | 'listWorkers'
  | 'queueStats'
  | 'getConfig'
  | 'runDoctor'
> {
  return {
    listSchedules: (filter) => items('/v1/schedules', { ...filter }),
    addSchedule: (request) => post('/v1/schedules', request),
    removeSchedule: (scheduleId) => remove(`/v1/schedules/${encodeURIComponent(scheduleId)}`),
    listProcesses: () => items('/v1/processes'),
    listWorkers: () => items('/v1/workers'),
    queueStats: () => get('/v1/queue'),
    getConfig: () => get('/v1/config'),
    runDoctor: () => items('/v1/doctor'),
  };
}

function goalPath(goalId: string): string {
  return `/v1/goals/${encodeURIComponent(goalId)}`;
}
