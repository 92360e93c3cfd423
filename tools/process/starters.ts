import { readFileSync } from 'node:fs';

/**
 * The processes that were only made to start this one: its parent, and from there up to npm where npm began it. When one
 * of them is killed, what it started is of no more use.
 */
export function findStarters(): readonly number[] {
  const starters = [process.ppid];
  if (process.env.npm_lifecycle_event === undefined) return starters;
  for (let pid = process.ppid; !isNpm(pid);) {
    const parent = parentOf(pid);
    // Not below npm after all (the variable may be inherited from further up), or this system has no /proc.
    if (parent === undefined || parent <= 1) return [process.ppid];
    starters.push(parent);
    pid = parent;
  }
  return starters;
}

function parentOf(pid: number): number | undefined {
  const status = readText(`/proc/${pid}/stat`);
  if (status === undefined) return undefined;
  // The name in parentheses may hold anything; behind it stand the state and the parent.
  return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
}

/** npm names its process after what it runs: "npm start". */
function isNpm(pid: number): boolean {
  return /^npm\b|\/npm(-cli\.js)?\0/.test(readText(`/proc/${pid}/cmdline`) ?? '');
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
