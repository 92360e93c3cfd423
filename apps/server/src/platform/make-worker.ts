// The worker of the process, with all that its attempts are given.
import { type AttemptRequest, runAttempt, worksByScript } from '@chorale/module-agents';
import { createGoalRights, modelsWithinRights, notesWithinRights, withinRights } from '../access/goal-rights.ts';
import { findRoles } from '../access/roles-of.ts';
import { createAgentMail } from '../agents/agent-mail.ts';
import { createTeam } from '../agents/team.ts';
import type { Voice } from '../agents/model-port.ts';
import { findThinking } from '../agents/thinking.ts';
import { DefinitionCache } from '../api/definition-cache.ts';
import type { OpenModels } from '../models/open-models.ts';
import { systemClock } from '../process/clock.ts';
import { type GoalSecrets, createGoalSecrets } from '../secrets/goal-secrets.ts';
import { redactCommands } from '../secrets/redacting-store.ts';
import type { Redactors } from '../secrets/redactors.ts';
import { oneChunk, openWorkbench } from '../workbench/open-workbench.ts';
import { Worker } from '../worker/worker.ts';
import { sandboxLimits } from './make-tools.ts';
import type { PlatformOptions } from './open-platform.ts';
import type { PlatformParts } from './platform-parts.ts';
import { describeProcess } from './process-facts.ts';

export function makeWorker(options: PlatformOptions, parts: PlatformParts, toolsAreThere: Promise<void>): Worker {
  const { config, log, onProgress, redactors } = options;
  const { artifacts, catalog, tools, workspaces, traces } = parts;
  const store = redactCommands(parts.store, redactors);
  const models = withoutSecrets(parts.models, redactors);
  const secrets = makeGoalSecrets(parts);
  const rights = createGoalRights({ permissions: parts.access.permissions, rolesOf: findRoles(parts.identity) });
  const team = createTeam(() => catalog.catalog);
  const keepsWorkspace = ({ definition }: AttemptRequest) =>
    definition.kind === 'agent' && models.fleet().deployments.length > 0 && !worksByScript(definition, catalog);
  const definitions = new DefinitionCache(store);
  const limits = sandboxLimits(config.values);
  const { slots } = config.values.worker;
  const { notes, endings } = parts.remembering;
  const mail = createAgentMail(parts.messaging, systemClock);
  return new Worker({
    store,
    traces,
    log,
    slots,
    clock: systemClock,
    random: Math.random,
    identity: describeProcess(config.values, parts.address ?? ''),
    async findDefinition({ task, goal }) {
      const plan = await definitions.get({ ...task, planHash: goal.planHash });
      return plan.tasks[task.definitionNo];
    },
    runAttempt(request, stop) {
      if (request.definition.kind === 'agent') endings.watch(request.claimed.task);
      const thinking = findThinking({
        models: modelsWithinRights(models, rights, request),
        store,
        artifacts,
        notes: notesWithinRights(notes, rights, request),
        mail,
        voice: voiceOf(parts, redactors, request),
      });
      return runAttempt(
        request,
        {
          store,
          crew: catalog,
          team,
          clock: systemClock,
          ...(thinking === undefined ? {} : { thinking }),
          async openWorkbench(request) {
            await toolsAreThere;
            await catalog.refresh();
            const bench = { tools, artifacts, workspaces, secrets, keepsWorkspace, limits, log, onProgress };
            return withinRights(await openWorkbench(bench, request), rights, request);
          },
          keepText: (tenantId, text) =>
            artifacts.put(tenantId, oneChunk(text), { sizeBytesMax: Number.POSITIVE_INFINITY }),
        },
        stop,
      );
    },
  });
}

/** For whoever listens to the goal of an attempt. */
function voiceOf({ messaging }: PlatformParts, redactors: Redactors, { claimed: { task } }: AttemptRequest): Voice {
  const { goalId, tenantId } = task;
  return { speaker: messaging.speaker, goalId, redact: () => redactors.of(tenantId).textStream() };
}

/** Prompts are looked through where they leave. */
function withoutSecrets(models: OpenModels, redactors: Redactors): OpenModels {
  const route: OpenModels['route'] = (call) =>
    models.route({ ...call, body: redactors.of(call.context.tenantId).redactJson(call.body) });
  return { ...models, route };
}

function makeGoalSecrets({ secrets, audit, access, identity }: PlatformParts): GoalSecrets {
  const { vault, redactors } = secrets;
  const { permissions } = access;
  return createGoalSecrets({ vault, redactors, audit, permissions, rolesOf: findRoles(identity) }, Date.now);
}
