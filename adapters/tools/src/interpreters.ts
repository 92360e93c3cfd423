// Which program runs a script, by the script's extension.

import { realpathSync } from 'node:fs';
import { extname } from 'node:path';
import { refused } from '@chorale/lib-errors';
import type { SandboxMount } from '@chorale/module-agents';

const nodeDirectoryInside = '/opt/chorale/bin';
const nodeInside = `${nodeDirectoryInside}/node`;

/** The share of the memory limit that the JavaScript heap may take: the rest is buffers, stacks and the program itself. */
const heapShare = 0.75;

export interface Interpreter {
  /** The command up to the script's path. */
  readonly argv: readonly [string, ...string[]];
  readonly mounts: readonly SandboxMount[];
  readonly path: string;
}

/** The Node that runs this process, so that a script meets the same version everywhere. */
export function nodeMount(): SandboxMount {
  return { hostPath: realpathSync(process.execPath), insidePath: nodeInside };
}

export const pathWithNode = `${nodeDirectoryInside}:/usr/local/bin:/usr/bin:/bin`;

export function chooseInterpreter(script: string, memoryBytes: number): Interpreter {
  const common = { mounts: [nodeMount()], path: pathWithNode };
  switch (extname(script)) {
    case '.mjs':
    case '.js':
    case '.ts':
      // Without it V8 sizes its heap by the machine's memory and is killed at the sandbox's limit instead of collecting.
      return {
        argv: [nodeInside, `--max-old-space-size=${Math.floor((memoryBytes * heapShare) / 1024 ** 2)}`],
        ...common,
      };
    case '.sh':
      return { argv: ['/bin/sh'], ...common };
    case '.py':
      // -B: the skill's folder is read-only.
      return { argv: ['/usr/bin/python3', '-B'], ...common };
    default:
      throw refused('script-not-supported', `There is no interpreter for ${JSON.stringify(script)}.`, {
        action: 'Use a script that ends in .mjs, .js, .ts, .sh or .py.',
      });
  }
}
