// Runs a command line in the workspace, inside the sandbox.

import {
  sandboxLimitsDefault,
  workspaceInsidePath,
  type SandboxDriver,
  type SandboxResult,
  type ToolDefinition,
  type ToolOutcome,
} from '@chorale/module-agents';
import { boundText } from './bounded-text.ts';
import { gitEnvironment } from './git-environment.ts';
import { environmentSchema, useGrantedSecrets } from './granted-secrets.ts';
import { nodeMount, pathWithNode } from './interpreters.ts';
import { splitLines } from './line-splitter.ts';
import { requireSuccess, throwIfCancelled } from './sandbox-failure.ts';

interface ShellArguments {
  readonly command: string;
  readonly cwd: string;
  readonly stdin?: string;
  readonly timeoutMs?: number;
  readonly failOnError: boolean;
}

const timeoutMsMax = 60 * 60_000;

export function createShell(sandbox: SandboxDriver): ToolDefinition<ShellArguments> {
  return {
    name: 'shell',
    description:
      'Runs a POSIX shell command in a sandbox. The workspace is /workspace and is kept between calls; /tmp is new each time; ' +
      'nothing keeps running afterwards; there is no network unless it was granted. Gives the exit code and both outputs.',
    inputSchema: {
      type: 'object',
      properties: {
        command: { type: 'string', minLength: 1, maxLength: 100_000 },
        cwd: { type: 'string', default: workspaceInsidePath, description: 'Where to start; default /workspace.' },
        stdin: { type: 'string', maxLength: 1_000_000 },
        timeoutMs: { type: 'integer', minimum: 1, maximum: timeoutMsMax },
        failOnError: { type: 'boolean', default: false, description: 'Fail the call when the exit code is not 0.' },
      },
      required: ['command'],
      additionalProperties: false,
    },
    idempotent: false,
    effects: (_args, limits) => (limits['network'] === true ? 'irreversible' : 'writes-workspace'),
    grantSchema: {
      type: 'object',
      properties: { network: { type: 'boolean', default: false }, env: environmentSchema },
      additionalProperties: false,
    },
    run: async (args, context) => {
      const secrets = await useGrantedSecrets(context, 'env');
      const lines = splitLines((line) => context.onProgress?.(line));
      const wallMs = Math.min(args.timeoutMs ?? Infinity, context.limits?.wallMs ?? sandboxLimitsDefault.wallMs);
      const result = await sandbox.run(
        {
          argv: ['/bin/sh', '-c', args.command],
          workspace: context.workspace,
          cwd: args.cwd.startsWith('/') ? args.cwd : `${workspaceInsidePath}/${args.cwd}`,
          mounts: [nodeMount(), ...(context.mounts ?? [])],
          env: { ...secrets, ...gitEnvironment(), PATH: pathWithNode },
          network: context.grant.limits['network'] === true ? 'host' : 'none',
          limits: { ...context.limits, wallMs },
          ...(args.stdin === undefined ? {} : { stdin: args.stdin }),
        },
        { ...(context.signal === undefined ? {} : { signal: context.signal }), onStdout: lines.push },
      );
      lines.end();
      throwIfCancelled(result, 'The command');
      if (args.failOnError) requireSuccess(result, 'The command');
      return outcomeOf(result);
    },
  };
}

function outcomeOf(result: SandboxResult): ToolOutcome {
  const stdout = boundText('stdout.txt', result.stdout);
  const stderr = boundText('stderr.txt', result.stderr);
  return {
    output: {
      exitCode: result.exitCode,
      stdout: stdout.text,
      stderr: stderr.text,
      truncated: result.truncated || stdout.truncated || stderr.truncated,
      timedOut: result.timedOut,
      limitsHit: result.limitsHit,
    },
    artifacts: [...stdout.artifacts, ...stderr.artifacts],
  };
}
