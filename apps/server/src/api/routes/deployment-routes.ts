import { refused } from '@chorale/lib-errors';
import type { ModelProbe } from '@chorale/lib-client';
import { z } from 'zod';
import { testDeployment } from '../../models/test-deployment.ts';
import type { ProbeReport } from '../../models/model-services.ts';
import { defineRoute, type Route } from '../route.ts';
import { pageOf } from '../schemas/fields.ts';
import { deploymentSchema, deploymentTestSchema, probeSchema } from '../schemas/model.ts';
import { compact } from '../views/compact.ts';
import { deploymentView } from '../views/model-view.ts';

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/deployments',
  operation: 'listDeployments',
  summary: 'List the models that calls can go to, with their facts, prices and health',
  tag: 'models',
  permit: 'model.read',
  responses: { 200: { description: 'Deployments, in the configured order.', schema: pageOf(deploymentSchema) } },
  handle: async (_input, { services: { models } }) => {
    const facts = await models.listFacts();
    const status = new Map(models.listStatus().map((one) => [one.deploymentId, one]));
    const { deployments } = models.fleet();
    const items = deployments.map((deployment) =>
      deploymentView({ deployment, status: status.get(deployment.id), facts }),
    );
    return { status: 200, body: { items } };
  },
});

const probe = defineRoute({
  method: 'POST',
  address: '/v1/deployments/probe',
  operation: 'probeDeployments',
  summary: 'Ask every provider anew which models it has',
  tag: 'models',
  permit: 'model.manage',
  body: z.strictObject({}),
  bodyOptional: true,
  responses: { 200: { description: 'What each of them said.', schema: probeSchema } },
  audit: () => ({ on: { kind: 'installation', id: 'models' }, detail: { probed: true } }),
  handle: async (_input, { services: { models } }) => ({ status: 200, body: probeView(await models.probe()) }),
});

function probeView({ at, providers }: ProbeReport): ModelProbe {
  return { at, providers: providers.map((provider) => compact(provider)) };
}

const deploymentPath = z.strictObject({
  deploymentId: z.string().min(1).max(400).describe('Its slash is written %2F.'),
});

const testOne = defineRoute({
  method: 'POST',
  address: '/v1/deployments/{deploymentId}/test',
  operation: 'testDeployment',
  summary: 'Send one small call to a deployment and say how it went',
  description: 'The call is made as any other: it counts against budgets, and is recorded.',
  tag: 'models',
  permit: 'model.use',
  record: 'none',
  path: deploymentPath,
  body: z.strictObject({}),
  bodyOptional: true,
  responses: { 200: { description: 'How it went; a failure is no refusal.', schema: deploymentTestSchema } },
  refusals: ['deployment-not-found'],
  handle: async ({ caller, path }, { services }) => {
    const { models } = services;
    const deployment = models.fleet().deployments.find(({ id }) => id === path.deploymentId);
    if (deployment === undefined)
      throw refused('deployment-not-found', `there is no deployment ${path.deploymentId}`, {
        action: 'see the list of models for what there is',
      });
    return { status: 200, body: await testDeployment(models, deployment, { ...services, tenantId: caller.tenantId }) };
  },
});

export const deploymentRoutes: readonly Route[] = [listAll, probe, testOne];
