// What a tool is, and the one way to call one.
//
// Invariants: T1 a tool runs only with a grant of its name.
//             T2 it sees only arguments that its schema accepts, with the schema's defaults filled in.
//             T3 what it returns is bounded; the whole of a result past the bound is kept as an artifact.
//             T4 what it made is kept before the call ends, so that the workspace may go.

import { refused } from '@chorale/lib-errors';
import type { CancelSignal } from '@chorale/lib-time';
import type { ToolGrant } from '@chorale/module-catalog';
import type { Goal, Json } from '@chorale/module-goals';
import type { SandboxLimits, SandboxMount } from './sandbox-driver.ts';
import { createArgumentCompiler, type ArgumentCheck } from './tool-arguments.ts';
import { worstEffects, type CallEffects, type OutputOrigin, type ToolEffects } from './tool-effects.ts';
import { boundOutput } from './tool-output.ts';

export type JsonSchema = { readonly [key: string]: Json };

/** A file or text a tool made, offered for keeping. */
export interface ArtifactCandidate {
  /** `/` between segments; unique within a call. */
  readonly name: string;
  readonly mediaType: string;
  /** A host path that stays as it is until the call ends, or the content itself. */
  readonly content: { readonly path: string } | { readonly text: string };
}

/** An artifact as it was kept. */
export interface KeptArtifact {
  readonly name: string;
  readonly mediaType: string;
  /** `sha256:` and 64 hex digits. */
  readonly hash: string;
  readonly sizeBytes: number;
}

/** What a call works in and with; made for one attempt. */
export interface ToolContext {
  /** Host path of the workspace directory; it exists. */
  readonly workspace: string;
  /** What the tool may see besides, read-only, such as the repository under review at /repo. */
  readonly mounts?: readonly SandboxMount[];
  readonly limits?: Partial<SandboxLimits>;
  readonly signal?: CancelSignal;
  /** Told what the tool prints while it works, a line at a time. */
  readonly onProgress?: (line: string) => void;
  /** Whose call it is. */
  readonly task?: Pick<Goal, 'tenantId' | 'projectId' | 'goalId'>;
  keepArtifact(candidate: ArtifactCandidate): Promise<KeptArtifact>;
  /** The bytes behind a reference in the arguments; rejects when this tenant has no such artifact. */
  readArtifact(hash: string): Promise<Uint8Array>;
  /**
   * The values behind references such as `secret:NAME`, under the same names, for this one call. What the call gives is
   * looked through for them afterwards. Rejects when there is no such secret, or who owns the goal may not use it.
   */
  useSecrets?(references: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>>;
}

export interface ToolOutcome {
  readonly output: Json;
  readonly artifacts?: readonly ArtifactCandidate[];
}

export interface ToolDefinition<Arguments = unknown> {
  readonly name: string;
  /** For a model: what it does, when to use it, what it gives. */
  readonly description: string;
  readonly inputSchema: JsonSchema;
  /** True when a call whose end is unknown may simply be made again. May depend on the arguments. */
  readonly idempotent: boolean | ((args: Arguments) => boolean);
  /** The worst a call can do; absent: `irreversible`. Those that always only read may run side by side. */
  readonly effects?: ToolEffects | ((args: Arguments, limits: ToolGrant['limits']) => ToolEffects);
  /** Every text that leaves this installation with a call; absent or undefined: anything may. */
  readonly sends?: (args: Arguments) => readonly string[] | undefined;
  /** Default `private`. */
  readonly gives?: OutputOrigin;
  /** True when strangers wrote its description and no person has agreed to it. */
  readonly isForeign?: boolean;
  /** What the limits of a grant may say; a grant with anything else is refused. */
  readonly grantSchema?: JsonSchema;
  /** Size of the output as JSON; default `toolOutputBytesMaxDefault`. */
  readonly outputBytesMax?: number;
  /** Rejects with a ChoraleError whose family says whether to try again. */
  run(args: Arguments, context: ToolContext & { readonly grant: ToolGrant }): Promise<ToolOutcome>;
}

/** What a model is told of a tool, and whether its calls may run side by side. */
export type ToolDescription = Pick<ToolDefinition, 'name' | 'description' | 'inputSchema'> & {
  readonly readsOnly: boolean;
  readonly gives: OutputOrigin;
  readonly isForeign: boolean;
};

export const toolOutputBytesMaxDefault = 256 * 1024;

export interface ToolResult {
  readonly output: Json;
  readonly artifacts: readonly KeptArtifact[];
}

export interface ToolRegistry {
  list(): readonly ToolDefinition<never>[];
  /** Undefined when there is no such tool; arguments that do not fit count as not idempotent. */
  findTool(name: string, args: Json): { readonly idempotent: boolean } | undefined;
  describeTool(name: string): ToolDescription | undefined;
  /** The worst for what is unknown or does not fit. */
  effectsOf(call: GrantedCall): CallEffects;
  /**
   * Throws refused `unknown-tool`, `tool-not-granted`, `invalid-tool-arguments` (naming every mistake) or
   * `invalid-tool-grant`, and whatever the tool throws.
   */
  call(call: GrantedCall, context: ToolContext): Promise<ToolResult>;
}

export interface GrantedCall {
  readonly tool: string;
  readonly arguments: Json;
  readonly grants: readonly ToolGrant[];
}

export type ToolErrorCode = 'unknown-tool' | 'tool-not-granted' | 'invalid-tool-arguments' | 'invalid-tool-grant';

interface Registered {
  readonly definition: ToolDefinition<never>;
  readonly checkArguments: ArgumentCheck;
  readonly checkGrant: ArgumentCheck;
}

const noLimits: JsonSchema = { type: 'object', properties: {}, additionalProperties: false };

/** Throws at once when two tools share a name or a schema does not compile. */
export function createToolRegistry(definitions: readonly ToolDefinition<never>[]): ToolRegistry {
  const tools = new Map<string, Registered>();
  const compileArguments = createArgumentCompiler();
  for (const definition of definitions) {
    if (tools.has(definition.name)) throw new Error(`two tools are named ${definition.name}`);
    tools.set(definition.name, {
      definition,
      checkArguments: compileArguments(definition.inputSchema),
      checkGrant: compileArguments(definition.grantSchema ?? noLimits),
    });
  }
  return {
    list: () => definitions,
    findTool: (name, args) => {
      const tool = tools.get(name);
      return tool === undefined ? undefined : { idempotent: isIdempotent(tool, args) };
    },
    describeTool: (name) => {
      const found = tools.get(name)?.definition;
      if (found === undefined) return undefined;
      const { description, inputSchema, effects, gives = 'private', isForeign = false } = found;
      return { name, description, inputSchema, readsOnly: effects === 'reads', gives, isForeign };
    },
    effectsOf: (call) => {
      const tool = tools.get(call.tool);
      return tool === undefined ? worstEffects : effectsOf(tool, call);
    },
    call: async (call, context) => {
      const tool = tools.get(call.tool);
      if (tool === undefined) throw unknownTool(call.tool, [...tools.keys()]);
      const grant = checkedGrant(tool, call.grants);
      const args = checkedArguments(tool, call.arguments);
      const outcome = await tool.definition.run(args as never, { ...context, grant });
      return keepOutcome(tool.definition, outcome, context);
    },
  };
}

function isIdempotent({ definition, checkArguments }: Registered, args: Json): boolean {
  if (typeof definition.idempotent === 'boolean') return definition.idempotent;
  const checked = checkArguments(args);
  return checked.mistakes.length === 0 && definition.idempotent(checked.value as never);
}

function effectsOf({ definition, checkArguments, checkGrant }: Registered, call: GrantedCall): CallEffects {
  const { effects = worstEffects.effects, sends } = definition;
  const args = checkArguments(call.arguments);
  const limits = checkGrant((call.grants.find(({ tool }) => tool === definition.name)?.limits ?? {}) as Json);
  if (args.mistakes.length > 0 || limits.mistakes.length > 0) return worstEffects;
  return {
    effects: typeof effects === 'string' ? effects : effects(args.value as never, limits.value as ToolGrant['limits']),
    sends: sends?.(args.value as never),
  };
}

function unknownTool(name: string, known: readonly string[]): Error {
  return refused('unknown-tool', `There is no tool ${JSON.stringify(name)}.`, {
    action: `Use one of: ${known.join(', ')}.`,
  });
}

function checkedGrant({ definition, checkGrant }: Registered, grants: readonly ToolGrant[]): ToolGrant {
  const grant = grants.find((item) => item.tool === definition.name);
  if (grant === undefined) {
    throw refused('tool-not-granted', `The tool ${definition.name} is not granted.`, {
      action: `Add ${definition.name} to \`tools\` of the agent, or choose another agent.`,
    });
  }
  const checked = checkGrant(grant.limits as Json);
  if (checked.mistakes.length === 0) return { tool: grant.tool, limits: checked.value as ToolGrant['limits'] };
  throw refused('invalid-tool-grant', `The grant of ${definition.name} does not fit: ${checked.mistakes.join('; ')}.`, {
    action: 'Correct the limits under the tool in the agent file.',
    data: { mistakes: checked.mistakes },
  });
}

function checkedArguments({ definition, checkArguments }: Registered, args: Json): Json {
  const checked = checkArguments(args);
  if (checked.mistakes.length === 0) return checked.value;
  throw refused(
    'invalid-tool-arguments',
    `The arguments of ${definition.name} do not fit: ${checked.mistakes.join('; ')}.`,
    {
      action: 'Correct the arguments and call again.',
      data: { mistakes: checked.mistakes },
    },
  );
}

async function keepOutcome(
  definition: ToolDefinition<never>,
  outcome: ToolOutcome,
  context: ToolContext,
): Promise<ToolResult> {
  const bounded = boundOutput(outcome.output, definition.outputBytesMax ?? toolOutputBytesMaxDefault);
  const candidates = [...(outcome.artifacts ?? []), ...(bounded.whole === undefined ? [] : [bounded.whole])];
  const artifacts: KeptArtifact[] = [];
  // One after the other: a tool may make many, and each may be large.
  for (const candidate of candidates) artifacts.push(await context.keepArtifact(candidate));
  return { output: bounded.output, artifacts };
}
