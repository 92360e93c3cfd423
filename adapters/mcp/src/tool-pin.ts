// What a tool said it was when somebody agreed to it. A tool that says something else later is another tool.

import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '@chorale/module-goals';

export interface ToolPin {
  readonly server: string;
  readonly tool: string;
  /** SHA-256, hex, of name, description and schema. */
  readonly hash: string;
  /** As it was then, for whoever compares. */
  readonly description: string;
  /** Absent in pins from before it was kept. */
  readonly inputSchema?: ListedTool['inputSchema'];
  readonly approvedAt: number;
  readonly approvedBy: string;
}

/** Durable: a pin that was put is found by every process that shares the store. */
export interface ToolPinStore {
  find(server: string, tool: string): Promise<ToolPin | undefined>;
  put(pin: ToolPin): Promise<void>;
}

/** As a server lists it. */
export interface ListedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: { readonly [key: string]: Json };
}

export function hashTool({ name, description, inputSchema }: ListedTool): string {
  return createHash('sha256').update(canonicalJson({ name, description, inputSchema })).digest('hex');
}
