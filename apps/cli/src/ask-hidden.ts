// Asks for something that is not shown while it is typed.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Terminal } from './terminal.ts';

export async function askHidden(question: string, { error }: Pick<Terminal, 'error'>): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const asking = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  const interrupted = new AbortController();
  asking.on('SIGINT', () => interrupted.abort());
  error(question);
  try {
    return await asking.question('', { signal: interrupted.signal });
  } finally {
    asking.close();
    error('\n');
  }
}
