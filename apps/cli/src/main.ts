import { readFile } from 'node:fs/promises';
import { runProgram } from './program.ts';
import { createTerminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const stop = new AbortController();
process.once('SIGINT', () => {
  stop.abort();
  // Whoever presses it twice wants out, whatever is under way.
  process.once('SIGINT', () => process.exit(130));
});
// A reader that has seen enough, like `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 6));

process.exitCode = await runProgram(process.argv.slice(2), {
  terminal: createTerminal({ out: process.stdout, error: process.stderr }, process.env),
  env: process.env,
  now: Date.now,
  signal: stop.signal,
  readText: async (path) => {
    try {
      return await readFile(path, 'utf8');
    } catch (cause) {
      throw new UsageError(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    }
  },
});
