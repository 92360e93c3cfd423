export {
  sandboxLimitsDefault,
  workspaceInsidePath,
  type Enforcement,
  type SandboxCommand,
  type SandboxDriver,
  type SandboxErrorCode,
  type SandboxFacts,
  type SandboxLimitName,
  type SandboxLimits,
  type SandboxMount,
  type SandboxResult,
  type SandboxRunOptions,
  type SandboxUsage,
} from './sandbox-driver.ts';
export {
  createToolRegistry,
  toolOutputBytesMaxDefault,
  type ArtifactCandidate,
  type JsonSchema,
  type KeptArtifact,
  type ToolContext,
  type ToolDefinition,
  type ToolDescription,
  type ToolErrorCode,
  type ToolOutcome,
  type ToolRegistry,
  type ToolResult,
} from './tool.ts';
export { worstEffects, type CallEffects, type OutputOrigin, type ToolEffects } from './tool-effects.ts';
export { createArgumentCompiler } from './tool-arguments.ts';
export { headOf, utf8Bytes } from './tool-output.ts';
export { runAttempt } from './attempt.ts';
export { AttemptStop, type StopReason } from './attempt-stop.ts';
export { inlineSizeBytesMax, isArtifactReference, type ArtifactReference } from './attempt-output.ts';
export type { AttemptEnd, AttemptPorts, AttemptRequest, Crew, ToolCall, Workbench } from './attempt-ports.ts';
export { goalPolicyDefault, type ForbiddenPattern, type GoalPolicy } from './goal-policy.ts';
export type { Letter, MailOwner, MailPort, Recipient } from './mail-port.ts';
export type { ModelPort, ModelReply } from './model-port.ts';
export type { SessionReads, Team, ThinkingPorts, WorkflowChoice } from './thinking-ports.ts';
export type {
  Advice,
  KeptNote,
  NotesOwner,
  NotesPort,
  NotesTrust,
  Recall,
  RecalledNote,
  TaskOutcome,
  ToolUse,
} from './notes-port.ts';
export { modelNeeded, worksByScript, worksWithoutModel } from './works-by-script.ts';
export {
  explainSession,
  type ExplainedCall,
  type ExplainedModelCall,
  type ExplainedSession,
  type ExplainedStep,
  type StepDecision,
} from './explain-session.ts';
export { textTokens } from './text-tokens.ts';
export type { ToolGrant } from '@chorale/module-catalog';
