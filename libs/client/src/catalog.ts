// Workflows, agents and skills as the catalogue holds them.
import type { Json } from './json.ts';
import type { InputDefinition, PlanDefinition } from './plan.ts';

export type CatalogOrigin = 'shipped' | 'user' | 'project';
export type CatalogTrust = 'trusted' | 'untrusted';

/** What every catalogue entry has. An untrusted one came with a project and is not used until a person trusts it. */
export interface CatalogItem {
  readonly name: string;
  readonly description: string;
  readonly origin: CatalogOrigin;
  readonly trust: CatalogTrust;
  readonly path: string;
}

/** A mistake in a file, with its place; lines and columns are counted from 1. */
export interface FileProblem {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export interface WorkflowSummary extends CatalogItem {
  /** False when the file has errors; see `problems` of the workflow itself. */
  readonly valid: boolean;
  readonly tasks: number;
}

export interface Workflow extends WorkflowSummary {
  readonly text: string;
  readonly inputs: { readonly [name: string]: InputDefinition };
  /** Missing when the file has errors. */
  readonly definition?: PlanDefinition;
  readonly problems: readonly FileProblem[];
}

export interface Validation {
  readonly valid: boolean;
  /** What the workflow takes; missing when the file has errors. */
  readonly inputs?: { readonly [name: string]: InputDefinition };
  readonly problems: readonly FileProblem[];
}

export interface AgentTool {
  readonly tool: string;
  readonly limits: { readonly [key: string]: Json };
  /** Every call needs a person's leave. */
  readonly ask?: boolean;
}

/** Which models it thinks with, under which rules, and how much of them one task may use. */
export interface AgentModel {
  readonly prefer: readonly string[];
  readonly strategy?: string;
  readonly dataClass?: string;
  readonly region?: string;
  readonly effort?: string;
  readonly costUsdMax?: number;
  readonly tokensMax?: number;
  readonly turnsMax?: number;
  readonly minutesMax?: number;
  readonly contextTokensMax?: number;
}

export interface Agent extends CatalogItem {
  readonly role: string;
  readonly skills: readonly string[];
  readonly tools: readonly AgentTool[];
  readonly model?: AgentModel;
  readonly personality?: { readonly tone?: string; readonly traits: readonly string[] };
  readonly instructions: string;
}

export interface Skill extends CatalogItem {
  readonly license?: string;
  readonly compatibility?: string;
  readonly metadata: { readonly [key: string]: string };
  readonly allowedTools: readonly string[];
  readonly body: string;
  readonly files: readonly string[];
  readonly entryScript?: string;
}
