// Asks for something that nobody should see: at a terminal without showing it, else the first line of what comes in.
import { stdin, stderr } from 'node:process';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { UsageError } from './usage-error.ts';

export async function askSecret(question: string, signal: AbortSignal): Promise<string> {
  const silent = new Writable({ write: (_piece, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: silent, terminal: stdin.isTTY });
  if (stdin.isTTY) stderr.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('close', () => reject(new UsageError('nothing was typed, and nothing came on standard input')));
      // The terminal gives Ctrl-C to whoever reads from it; the command is to end by it as ever.
      lines.once('SIGINT', () => process.emit('SIGINT'));
      signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
    });
  } finally {
    lines.close();
    if (stdin.isTTY) stderr.write('\n');
  }
}
