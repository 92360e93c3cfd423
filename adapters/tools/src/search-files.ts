// Searches the files of the workspace with grep, in the sandbox: a pattern made to take for ever meets the time limit
// there, and does not hold up this process.

import { refused } from '@chorale/lib-errors';
import type { SandboxDriver, SandboxResult, ToolDefinition } from '@chorale/module-agents';
import { withDirectory } from './confined-path.ts';
import { requireSuccess } from './sandbox-failure.ts';
import { withScratchDirectory } from './scratch-directory.ts';

interface SearchFilesArguments {
  readonly pattern: string;
  readonly regex: boolean;
  readonly ignoreCase: boolean;
  readonly path: string;
  readonly include?: string;
  readonly limit: number;
}

type Match = { readonly path: string; readonly line: number; readonly text: string };

const filesInside = '/files';
const outputBytesMax = 2 * 1024 * 1024;
const wallMs = 30_000;
const lineLengthMax = 400;

export function createSearchFiles(sandbox: SandboxDriver): ToolDefinition<SearchFilesArguments> {
  return {
    name: 'search-files',
    description:
      'Finds lines in the text files of the workspace. The pattern is plain text, or with `regex` an extended regular expression (POSIX ERE). ' +
      '`include` narrows by file name, such as *.py.',
    inputSchema: {
      type: 'object',
      properties: {
        pattern: { type: 'string', minLength: 1, maxLength: 2_000 },
        regex: { type: 'boolean', default: false },
        ignoreCase: { type: 'boolean', default: false },
        path: { type: 'string', maxLength: 4_096, default: '.' },
        include: { type: 'string', minLength: 1, maxLength: 200 },
        limit: { type: 'integer', minimum: 1, maximum: 2_000, default: 200 },
      },
      required: ['pattern'],
      additionalProperties: false,
    },
    idempotent: true,
    effects: 'reads',
    run: async (args, context) => {
      if (args.pattern.includes('\n')) {
        throw refused('pattern-invalid', 'The pattern holds a line break.', {
          action: 'Search for one line at a time.',
        });
      }
      // Refuses a path that leads outside before it is handed on; inside it is only a name.
      await withDirectory(context.workspace, args.path, () => Promise.resolve());
      const result = await withScratchDirectory((scratch) =>
        sandbox.run(
          {
            argv: ['/usr/bin/grep', ...grepArguments(args)],
            workspace: scratch,
            mounts: [{ hostPath: context.workspace, insidePath: filesInside }],
            cwd: filesInside,
            limits: { wallMs, outputBytes: outputBytesMax },
          },
          context.signal === undefined ? {} : { signal: context.signal },
        ),
      );
      checkGrep(result);
      const all = parseMatches(result.stdout);
      return { output: { matches: all.slice(0, args.limit), truncated: result.truncated || all.length > args.limit } };
    },
  };
}

function grepArguments(args: SearchFilesArguments): readonly string[] {
  return [
    '--recursive',
    '--line-number',
    '--with-filename',
    '--null',
    '--binary-files=without-match',
    '--devices=skip',
    '--no-messages',
    '--exclude-dir=.git',
    // One more than is asked for in a single file, so that it shows when there is more.
    `--max-count=${args.limit + 1}`,
    args.regex ? '--extended-regexp' : '--fixed-strings',
    ...(args.ignoreCase ? ['--ignore-case'] : []),
    ...(args.include === undefined ? [] : [`--include=${args.include}`]),
    '-e',
    args.pattern,
    '--',
    args.path.replace(/^\/workspace\/?/, '') || '.',
  ];
}

/** 1 means that nothing was found; 2 a pattern that is none, or, with matches, a file that could not be read. */
function checkGrep(result: SandboxResult): void {
  if (result.exitCode === 1 || (result.exitCode === 2 && result.stdout !== '')) return;
  if (result.exitCode === 2) {
    throw refused('pattern-invalid', `The pattern is not usable: ${result.stderr.trim() || 'grep refused it'}.`, {
      action: 'Correct the expression, or search for plain text.',
    });
  }
  requireSuccess(result, 'The search');
}

function parseMatches(output: string): readonly Match[] {
  const matches: Match[] = [];
  for (const line of output.split('\n')) {
    const end = line.indexOf('\0');
    const colon = line.indexOf(':', end);
    if (end === -1 || colon === -1) continue;
    matches.push({
      path: line.slice(0, end).replace(/^\.\//, ''),
      line: Number(line.slice(end + 1, colon)),
      text: line.slice(colon + 1, colon + 1 + lineLengthMax),
    });
  }
  return matches;
}
