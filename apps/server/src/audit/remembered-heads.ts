// What whoever verifies has seen of logs: the keys that signed them and the newest head. A log that is verified again must
// still begin with it, also where somebody has the log's own keys.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { refused } from '@chorale/lib-errors';

export interface RememberedHead {
  readonly keys: readonly string[];
  readonly size: number;
  /** Base 64. */
  readonly root: string;
}

type Heads = Readonly<Record<string, RememberedHead>>;

/** By the log's origin. */
export function readHeads(path: string): Heads {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw cause;
  }
  try {
    return JSON.parse(text) as Heads;
  } catch (cause) {
    // Forgetting in silence would help whoever damaged it.
    throw refused('audit-heads-unreadable', `${path}, where heads of logs are remembered, cannot be read.`, {
      cause,
      action: 'Restore it, or delete it to begin anew: what was changed before today is then not seen.',
    });
  }
}

export function rememberHead(path: string, origin: string, head: RememberedHead): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify({ ...readHeads(path), [origin]: head }, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}
