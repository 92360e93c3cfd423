// How each kind of row is read.
import type { ApprovalState, ChoraleClient, Goal, GoalEvent } from '@chorale/lib-client';
import { ClientError, isGoalEnded } from '@chorale/lib-client';
import { infiniteQueryOptions, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { appendEvents, emptyWindow, type EventWindow } from './event-window.ts';
import { type CallFilter, type ListFilter, queryKeys } from './query-keys.ts';

const goalsPerPage = 50;
/** Nothing tells of what happens with models: what is shown is read this often. */
const modelsMs = 5000;
/** Hints can be lost, and a server that shares its database tells only of its own changes: rows that change by themselves are read this often in any case. */
const safetyNetMs = 20_000;
/** Events loaded when a goal is opened; earlier ones are asked for. */
const eventsPerPage = 500;
const approvalsMax = 200;
const retriesMax = 2;

export function createQueryClient(): QueryClient {
  const cache = new QueryClient({
    // A session that has ended shows with whatever is read next: whoever stands before the door sees the door.
    queryCache: new QueryCache({
      onError: (error) => {
        if (isUnauthenticated(error)) cache.setQueryData(queryKeys.account, null);
      },
    }),
    defaultOptions: {
      queries: {
        // The live connection says when rows change, and everything is read again when it was lost.
        staleTime: 60_000,
        // A server on this machine answers without any network.
        networkMode: 'always',
        retry: (failures, error) => failures < retriesMax && error instanceof ClientError && error.retryable,
        refetchOnWindowFocus: false,
      },
      mutations: { networkMode: 'always' },
    },
  });
  return cache;
}

export function isUnauthenticated(error: unknown): boolean {
  return error instanceof ClientError && error.problem?.code === 'unauthenticated';
}

export function goalListQuery(client: ChoraleClient, filter: ListFilter) {
  return infiniteQueryOptions({
    queryKey: queryKeys.goalList(filter),
    queryFn: ({ pageParam }) =>
      client.listGoals({ ...filter, limit: goalsPerPage, ...(pageParam === undefined ? {} : { after: pageParam }) }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? safetyNetMs : false),
  });
}

export function goalQuery(client: ChoraleClient, goalId: string) {
  return queryOptions({
    queryKey: queryKeys.goalRow(goalId),
    queryFn: () => client.getGoal(goalId),
    refetchInterval: ({ state }) => (state.data !== undefined && isGoalEnded(state.data.state) ? false : safetyNetMs),
    structuralSharing: (old, read) => newerGoal(old as Goal | undefined, read as Goal),
  });
}

/** A slow answer never puts an older goal over a newer one. */
export function newerGoal(old: Goal | undefined, read: Goal): Goal {
  return old !== undefined && old.version >= read.version ? old : read;
}

export function explanationQuery(client: ChoraleClient, goalId: string) {
  return queryOptions({
    queryKey: queryKeys.explanation(goalId),
    queryFn: () => client.explainGoal(goalId, { sessions: 'none' }),
  });
}

export function planQuery(client: ChoraleClient, goalId: string) {
  return queryOptions({ queryKey: queryKeys.plan(goalId), queryFn: () => client.getPlan(goalId) });
}

export function tasksQuery(client: ChoraleClient, goalId: string) {
  return queryOptions({ queryKey: queryKeys.tasks(goalId), queryFn: () => client.listTasks(goalId) });
}

/** Reads from where the held events end; the first time, the newest page. */
export function eventsQuery(client: ChoraleClient, goalId: string) {
  return queryOptions({
    queryKey: queryKeys.events(goalId),
    queryFn: async ({ client: cache }): Promise<EventWindow> => {
      const held = cache.getQueryData<EventWindow>(queryKeys.events(goalId));
      if (held !== undefined) return catchUp(client, goalId, held);
      const { eventSeq } = await client.getGoal(goalId);
      return catchUp(client, goalId, emptyWindow(Math.max(0, eventSeq - eventsPerPage)));
    },
    structuralSharing: false,
  });
}

async function catchUp(client: ChoraleClient, goalId: string, from: EventWindow): Promise<EventWindow> {
  let window = from;
  for (;;) {
    const page = await client.listEvents(goalId, { after: window.lastSeq, limit: eventsPerPage });
    window = appendEvents(window, page.items);
    if (page.next === undefined || page.items.length === 0) return window;
  }
}

/** The page of events that ends just before `firstSeq`. */
export async function readEarlierEvents(
  client: ChoraleClient,
  goalId: string,
  firstSeq: number,
): Promise<readonly GoalEvent[]> {
  const after = Math.max(0, firstSeq - 1 - eventsPerPage);
  return (await client.listEvents(goalId, { after, limit: firstSeq - 1 - after })).items;
}

export function artifactsQuery(client: ChoraleClient, goalId: string) {
  return queryOptions({ queryKey: queryKeys.artifacts(goalId), queryFn: () => client.listArtifacts(goalId) });
}

export function goalApprovalsQuery(client: ChoraleClient, goalId: string) {
  return queryOptions({
    queryKey: queryKeys.goalApprovals(goalId),
    queryFn: () => client.listApprovals({ goalId, limit: approvalsMax }),
  });
}

export function stepsQuery(
  client: ChoraleClient,
  goalId: string,
  of: { readonly taskNo: number; readonly run: number },
) {
  return queryOptions({
    queryKey: queryKeys.steps(goalId, of.taskNo, of.run),
    queryFn: () => client.listSteps(goalId, of.taskNo, { run: of.run }),
  });
}

export function attemptsQuery(client: ChoraleClient, goalId: string, taskNo: number) {
  return queryOptions({
    queryKey: queryKeys.attempts(goalId, taskNo),
    queryFn: () => client.listAttempts(goalId, taskNo),
  });
}

export function approvalsQuery(client: ChoraleClient, state: ApprovalState | 'all') {
  return queryOptions({
    queryKey: queryKeys.approvals(state),
    refetchInterval: safetyNetMs,
    queryFn: () => client.listApprovals({ limit: approvalsMax, ...(state === 'all' ? {} : { state }) }),
  });
}

export function workflowsQuery(client: ChoraleClient) {
  return queryOptions({ queryKey: queryKeys.workflows, queryFn: () => client.listWorkflows() });
}

export function workflowQuery(client: ChoraleClient, name: string) {
  return queryOptions({ queryKey: queryKeys.workflow(name), queryFn: () => client.getWorkflow(name) });
}

const modelCallsPerPage = 50;

export function deploymentsQuery(client: ChoraleClient) {
  return queryOptions({
    queryKey: queryKeys.deployments,
    queryFn: () => client.listDeployments(),
    refetchInterval: modelsMs,
  });
}

export function modelLearningQuery(client: ChoraleClient) {
  return queryOptions({
    queryKey: queryKeys.modelLearning,
    queryFn: () => client.getModelLearning(),
    refetchInterval: modelsMs,
  });
}

export function modelKeysQuery(client: ChoraleClient) {
  return queryOptions({ queryKey: queryKeys.modelKeys, queryFn: () => client.listModelKeys(), staleTime: modelsMs });
}

export function budgetsQuery(client: ChoraleClient) {
  return queryOptions({
    queryKey: queryKeys.budgets,
    queryFn: () => client.listBudgets(),
    refetchInterval: modelsMs,
  });
}

export function modelCallsQuery(client: ChoraleClient, filter: CallFilter) {
  return infiniteQueryOptions({
    queryKey: queryKeys.modelCalls(filter),
    queryFn: ({ pageParam }) =>
      client.listModelCalls({
        ...filter,
        limit: modelCallsPerPage,
        ...(pageParam === undefined ? {} : { after: pageParam }),
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? modelsMs : false),
  });
}

/** A call is recorded once, when it has ended. */
export function modelCallQuery(client: ChoraleClient, callId: string) {
  return queryOptions({
    queryKey: queryKeys.modelCall(callId),
    queryFn: () => client.getModelCall(callId),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function queueQuery(client: ChoraleClient) {
  return queryOptions({ queryKey: queryKeys.queue, queryFn: () => client.queueStats(), refetchInterval: 5000 });
}

export function workersQuery(client: ChoraleClient) {
  return queryOptions({ queryKey: queryKeys.workers, queryFn: () => client.listWorkers(), refetchInterval: 5000 });
}

/** Every server is asked anew. */
export function mcpServersQuery(client: ChoraleClient) {
  return queryOptions({ queryKey: queryKeys.mcpServers, queryFn: () => client.listMcpServers() });
}

export function doctorQuery(client: ChoraleClient) {
  return queryOptions({ queryKey: queryKeys.doctor, queryFn: () => client.runDoctor(), staleTime: 300_000 });
}
