export type { Json } from './json.ts';
export * from './problem.ts';
export * from './plan.ts';
export * from './goal.ts';
export * from './task.ts';
export * from './record.ts';
export * from './catalog.ts';
export { diffLines } from './diff-lines.ts';
export * from './model.ts';
export * from './session.ts';
export * from './memory.ts';
export type {
  ImportedFile,
  ImportReport,
  LegalHold,
  MemoryImport,
  StateFile,
  StateImportRequest,
} from './memory-import.ts';
export * from './audit.ts';
export * from './project.ts';
export * from './secret.ts';
export * from './tenant-data.ts';
export { loginMethods } from './account.ts';
export type {
  Account,
  AccountKey,
  AccountPasskey,
  AccountSession,
  KeyRequest,
  LoginChoices,
  Member,
  MemberChange,
  MemberRequest,
  NewAccountKey,
  NewMember,
} from './account.ts';
export { deadReasons, messageStates, type Mailbox, type Message, type MessageState } from './message.ts';
export { mcpToolStates, type McpServer, type McpTool, type McpToolState } from './mcp.ts';
export type { FollowEventsOptions, FollowOptions } from './follow.ts';
export type { Fetch } from './request.ts';
export * from './tenant.ts';
export { createClient } from './client.ts';
export type { ChoraleClient, ClientOptions } from './client.ts';
