// Secrets as a tool call has them: resolved for this one call, with the rights of who owns the goal.
//
// Invariants: GS1 no value is given before the log says to whom, for which call.
//             GS2 a tool gets what its own grant names, whatever it asks for.
//             GS3 what was refused is in the log, too; nothing of a set is given where one of it is refused.
import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import { nameInProject, parseReference, type Permissions, type SecretVault } from '@chorale/module-access';
import type { AttemptRequest, ToolCall } from '@chorale/module-agents';
import type { AuditRecorder } from '../audit/audit-recorder.ts';
import type { Redactors } from './redactors.ts';

export interface GoalSecretPorts {
  readonly vault: Pick<SecretVault, 'reveal'>;
  readonly redactors: Redactors;
  readonly audit: Pick<AuditRecorder, 'record'>;
  readonly permissions: Pick<Permissions, 'decide'>;
  /** Of whoever owns a goal, as they are now; none for who is not there any more. */
  readonly rolesOf: (tenantId: TenantId, subject: string) => Promise<readonly string[]>;
}

export type References = Readonly<Record<string, string>>;

export interface GoalSecrets {
  readonly redactors: Redactors;
  /** The values behind references, under the same names. @throws refused `secret-not-permitted`, `secret-not-found`. */
  use(request: AttemptRequest, call: ToolCall, references: References): Promise<References>;
  /** So that what an earlier call left behind is hidden also where another process made that call. */
  learn(request: AttemptRequest, call: ToolCall): Promise<void>;
}

const learntForMs = 60_000;
const learntMax = 10_000;

export function createGoalSecrets(ports: GoalSecretPorts, now: () => number): GoalSecrets {
  const { vault, redactors } = ports;
  const learntAt = new Map<string, number>();
  /** Of the goal's project, and no other's. */
  const reveal = async ({ task, goal }: AttemptRequest['claimed'], name: string): Promise<string> => {
    const value = await vault.reveal(task.tenantId, nameInProject(goal.projectId, name));
    redactors.learn({ name: nameInProject(goal.projectId, name), value }, task.tenantId);
    return value;
  };
  return {
    redactors,
    async use(request, call, references) {
      const named = Object.entries(references).map(([key, text]) => [key, nameOf(text)] as const);
      if (named.length === 0) return {};
      for (const [, name] of named) refuseNotGranted(name, call);
      await permit(ports, { request, tool: call.tool, names: new Set(named.map(([, name]) => name)) });
      const values: Record<string, string> = {};
      for (const [key, name] of named) values[key] = await reveal(request.claimed, name);
      return values;
    },
    async learn({ claimed }, { grants }) {
      const { task, goal } = claimed;
      for (const name of new Set(grants.flatMap(({ limits }) => findReferences(limits)))) {
        const key = `${task.tenantId} ${nameInProject(goal.projectId, name)}`;
        if (now() - (learntAt.get(key) ?? -Infinity) < learntForMs) continue;
        // One that is not there has nothing to hide; the call that needs it says so.
        await reveal(claimed, name).catch(() => undefined);
        if (learntAt.size >= learntMax) learntAt.clear();
        learntAt.set(key, now());
      }
    },
  };
}

function refuseNotGranted(name: string, { tool, grants }: ToolCall): void {
  const own = grants.filter((grant) => grant.tool === tool).flatMap(({ limits }) => findReferences(limits));
  if (own.includes(name)) return;
  throw refused('secret-not-granted', `The grant of ${tool} does not name the secret ${name}.`, {
    action: `Name it under ${tool} in the agent's file, as secret:${name}.`,
  });
}

function nameOf(text: string): string {
  const name = parseReference(text);
  if (name !== undefined) return name;
  throw refused('secret-reference-invalid', 'The grant has something else than a reference to a secret.', {
    action: 'Write it like secret:NAME, and put the value with: chorale secrets put NAME',
  });
}

function findReferences(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    // In a header a scheme stands in front.
    const name = parseReference(value.replace(/^[A-Za-z]+ /, ''));
    return name === undefined ? [] : [name];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(findReferences) : [];
}

interface Use {
  readonly request: AttemptRequest;
  readonly tool: string;
  readonly names: ReadonlySet<string>;
}

async function permit({ audit, permissions, rolesOf }: GoalSecretPorts, { request, tool, names }: Use): Promise<void> {
  const { claimed, definition } = request;
  const { task, goal } = claimed;
  const { tenantId } = task;
  const { requestedBy: owner, projectId } = goal;
  const principal = { tenantId, subject: owner, roles: await rolesOf(tenantId, owner) };
  const { allowed } = permissions.decide({ principal, operation: 'secret.use', resource: { tenantId, projectId } });
  const who = { kind: 'agent', id: definition.agent ?? definition.kind };
  const detail = { goal: task.goalId, task: task.key, attempt: task.attempt, tool, owner };
  const decision = allowed ? 'allowed' : 'refused';
  for (const name of names)
    await audit.record({
      tenantId,
      who,
      what: 'secret.use',
      on: { kind: 'secret', id: nameInProject(projectId, name) },
      decision,
      detail,
    });
  if (allowed) return;
  throw refused('secret-not-permitted', `${owner}, who owns the goal, may not use secrets here.`, {
    action: 'Let somebody submit the goal whose role may use secrets: operator, developer, admin or owner.',
  });
}
