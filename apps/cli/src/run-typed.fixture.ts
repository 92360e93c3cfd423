// Runs a command as it is typed, against the server at an address, and keeps what it prints.
import { runProgram } from './program.ts';
import type { Surroundings } from './session.ts';

export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

export async function runTyped(
  url: string,
  args: readonly string[],
  { env = {}, now = () => 1_000_000, readText = refuseFiles }: Partial<Surroundings> = {},
): Promise<Printed> {
  let out = '';
  let error = '';
  const code = await runProgram([...args, '--server', url], {
    terminal: {
      out: (text) => (out += text),
      error: (text) => (error += text),
      live: false,
      coloured: false,
      columns: () => undefined,
      rows: () => 24,
    },
    env,
    now,
    signal: new AbortController().signal,
    readText,
  });
  return { code, out, error };
}

const refuseFiles: Surroundings['readText'] = () => Promise.reject(new Error('no files'));
