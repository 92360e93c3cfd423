import { workflowSchema as fileSchema } from '@chorale/module-catalog';
import { z } from 'zod';
import { findEntry } from '../find-entry.ts';
import { showWorkflow, summariseWorkflow, validateWorkflow } from '../read-workflow.ts';
import { defineRoute, type Route } from '../route.ts';
import {
  validationRequestSchema,
  validationSchema,
  workflowSchema,
  workflowSummarySchema,
} from '../schemas/catalog.ts';
import { jsonObject, name, pageOf } from '../schemas/fields.ts';

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/workflows',
  operation: 'listWorkflows',
  summary: 'List workflows',
  tag: 'catalogue',
  permit: 'catalog.read',
  responses: { 200: { description: 'Workflows by name.', schema: pageOf(workflowSummarySchema) } },
  handle: async (_input, { services }) => {
    const catalog = services.catalog();
    return {
      status: 200,
      body: { items: [...catalog.workflows.values()].map((entry) => summariseWorkflow(catalog, entry)) },
    };
  },
});

const getOne = defineRoute({
  method: 'GET',
  address: '/v1/workflows/{name}',
  operation: 'getWorkflow',
  summary: 'Get one workflow: its text, its inputs, and what it compiles to',
  tag: 'catalogue',
  permit: 'catalog.read',
  path: z.strictObject({ name }),
  responses: { 200: { description: 'The workflow.', schema: workflowSchema } },
  refusals: ['catalog-unknown'],
  handle: async ({ path }, { services }) => {
    const catalog = services.catalog();
    return { status: 200, body: showWorkflow(catalog, findEntry('workflow', catalog.workflows, path.name)) };
  },
});

const validate = defineRoute({
  method: 'POST',
  address: '/v1/workflows/validate',
  operation: 'validateWorkflow',
  summary: 'Find every mistake in the text of a workflow file',
  tag: 'catalogue',
  permit: 'catalog.read',
  record: 'none',
  body: validationRequestSchema,
  responses: {
    200: { description: 'Mistakes with line and column; none when it is valid.', schema: validationSchema },
  },
  handle: async ({ body }, { services }) => ({ status: 200, body: validateWorkflow(services.catalog(), body) }),
});

const describeFiles = defineRoute({
  method: 'GET',
  address: '/v1/workflow-schema',
  operation: 'getWorkflowSchema',
  summary: 'Get the JSON Schema of workflow files, for editors',
  tag: 'catalogue',
  permit: 'public',
  responses: { 200: { description: 'JSON Schema 2020-12.', schema: jsonObject } },
  handle: async () => ({ status: 200, body: fileSchema }),
});

export const workflowRoutes: readonly Route[] = [listAll, getOne, validate, describeFiles];
