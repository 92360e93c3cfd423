export { formatProblem } from './problem.ts';
export type { CatalogProblemCode, Parsed, Problem } from './problem.ts';
export type { ReadMode } from './frontmatter.ts';
export { parseSkill } from './skill.ts';
export type { Skill, SkillSource } from './skill.ts';
export { parseAgentDefinition } from './agent-definition.ts';
export type { AgentDefinition, AgentSource, Personality, ToolGrant } from './agent-definition.ts';
export type { ModelPolicy } from './model-policy.ts';
export { getUsable, mergeCatalog } from './catalog.ts';
export type {
  Catalog,
  CatalogEntry,
  CatalogLayer,
  CatalogOrigin,
  CatalogTrust,
  NameCollision,
  WorkflowSource,
} from './catalog.ts';
export type { ProjectContent, TrustStore } from './trust-store.ts';
export { parseWorkflow } from './workflow.ts';
export type { ParsedWorkflow, WorkflowFile } from './workflow.ts';
export { compileWorkflow } from './workflow-compile.ts';
export type { CompiledWorkflow, WorkflowLookup } from './workflow-compile.ts';
export { resolveInputs } from './workflow-inputs.ts';
export { formatWorkflowMistake } from './workflow-mistake.ts';
export type { WorkflowMistake, WorkflowMistakeCode } from './workflow-mistake.ts';
export { workflowSchema, workflowSchemaId } from './workflow-schema.ts';
