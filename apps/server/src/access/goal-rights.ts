// What the agents of a goal may do on behalf of who asked for it: never more than that person may now.
//
// An agent has the tools that its file grants, and no right of its own. Whatever it delegates is a part of the same goal, with
// the same person behind it: rights only get fewer on the way.
//
// Invariants: GR1 of somebody who is gone, off or without the role nothing goes on, from the next call of a model or tool on.
import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { Operation, Permissions } from '@chorale/module-access';
import type { AttemptRequest, NotesPort, Workbench } from '@chorale/module-agents';
import type { OpenModels } from '../models/open-models.ts';

export interface GoalRightsPorts {
  readonly permissions: Pick<Permissions, 'decide'>;
  readonly rolesOf: (tenantId: TenantId, subject: string) => Promise<readonly string[]>;
}

export interface GoalRights {
  /** @throws refused `goal-owner-not-permitted`. */
  require(request: AttemptRequest, operation: Operation): Promise<void>;
}

export function createGoalRights({ permissions, rolesOf }: GoalRightsPorts): GoalRights {
  return {
    async require({ claimed: { task, goal } }, operation) {
      const { tenantId } = task;
      const { requestedBy: subject, projectId } = goal;
      const principal = { tenantId, subject, roles: await rolesOf(tenantId, subject) };
      if (permissions.decide({ principal, operation, resource: { tenantId, projectId } }).allowed) return;
      throw refused('goal-owner-not-permitted', `${subject}, who asked for this goal, may not do ${operation}.`, {
        action: 'Give them a role that may, or submit the goal as somebody who may.',
      });
    },
  };
}

/** What a tool's call takes of who asked for the goal. */
const operationOfTool: ReadonlyMap<string, Operation> = new Map([
  ['read-file', 'goal.read'],
  ['list-files', 'goal.read'],
  ['search-files', 'goal.read'],
  ['shell', 'workspace.open'],
  ['git', 'workspace.open'],
  ['run-skill-script', 'workspace.open'],
  ['write-file', 'workspace.open'],
  ['edit-file', 'workspace.open'],
  ['checkout-repository', 'workspace.open'],
  ['recall-findings', 'memory.read'],
  ['remember-findings', 'memory.write'],
]);

/** Of all others, those of MCP servers among them: who may ask for no goal any more has none of them act, either. */
const operationOfOthers: Operation = 'goal.submit';

export function withinRights(bench: Workbench, rights: GoalRights, request: AttemptRequest): Workbench {
  return {
    ...bench,
    async call(call, signal) {
      await rights.require(request, operationOfTool.get(call.tool) ?? operationOfOthers);
      return bench.call(call, signal);
    },
  };
}

export function modelsWithinRights<Models extends Pick<OpenModels, 'route'>>(
  models: Models,
  rights: GoalRights,
  request: AttemptRequest,
): Models {
  const route: OpenModels['route'] = async (call) => {
    await rights.require(request, 'model.use');
    return models.route(call);
  };
  return { ...models, route };
}

/** How a task ended is kept whoever asked for it: that is the installation's own record. */
export function notesWithinRights(notes: NotesPort, rights: GoalRights, request: AttemptRequest): NotesPort {
  const after = async <Result>(operation: Operation, act: () => Promise<Result>): Promise<Result> => {
    await rights.require(request, operation);
    return act();
  };
  return {
    recall: (...given) => after('memory.read', () => notes.recall(...given)),
    advise: (...given) => after('memory.read', () => notes.advise(...given)),
    readLeft: (...given) => after('memory.read', () => notes.readLeft(...given)),
    remember: (...given) => after('memory.write', () => notes.remember(...given)),
    leave: (...given) => after('memory.write', () => notes.leave(...given)),
    forget: (...given) => after('memory.write', () => notes.forget(...given)),
    recordOutcome: (...given) => notes.recordOutcome(...given),
  };
}
