// Runs a script of the simulation in a process of its own and reads the JSON it prints.

import { spawn } from 'node:child_process';
import { join } from 'node:path';

export async function runScript<Result>(script: string, options: readonly string[]): Promise<Result> {
  const file = join(import.meta.dirname, script);
  const child = spawn(process.execPath, ['--conditions=chorale-source', file, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [printed, said] = [collect(child.stdout), collect(child.stderr)];
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${script} ${options.join(' ')} ended with code ${code}: ${said()}`);
  return JSON.parse(printed()) as Result;
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (part: string) => {
    text += part;
  });
  return () => text;
}

/** Runs the jobs, `atOnce` of them at a time; the results are in the order of the jobs. */
export async function runJobs<Job, Result>(
  jobs: readonly Job[],
  run: (job: Job) => Promise<Result>,
  { atOnce }: { readonly atOnce: number },
): Promise<Result[]> {
  const results: Result[] = [];
  const left = jobs.entries();
  const work = async (): Promise<void> => {
    for (const [index, job] of left) results[index] = await run(job);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}
