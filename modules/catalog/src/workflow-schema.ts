// The published JSON Schema of workflow files: for editors, and for whoever writes files with a program. It says what
// the shape of a file is; what tasks may refer to is beyond a schema, and `parseWorkflow` checks it.
import { definitions, workflowKeys, type Schema } from './workflow-format.ts';

export const workflowSchemaId = 'urn:chorale:workflow';

export const workflowSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: workflowSchemaId,
  title: 'Chorale workflow',
  type: 'object',
  properties: workflowKeys,
  required: ['tasks'],
  additionalProperties: false,
  $defs: definitions,
};
