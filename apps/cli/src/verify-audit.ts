// Verifies audit logs with a program of the server app: what it believes are keys, never a server.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AuditFinding } from '@chorale/lib-client';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { askServerProgram } from './server-program.ts';
import type { Session } from './session.ts';
import { oneLine } from './text-width.ts';
import { UsageError } from './usage-error.ts';

const program = 'audit/verify-main';

export interface VerifyOptions {
  readonly keys?: string;
  readonly dataDir?: string;
  readonly tenant?: string;
}

interface Verified {
  readonly ok: boolean;
  readonly findings: readonly AuditFinding[];
  readonly entries?: number;
  readonly values?: number;
  readonly valuesErased?: number;
  readonly origin: string;
  readonly rememberedSize?: number;
  readonly keysAreNew: boolean;
  readonly keysChanged?: boolean;
}

type Answer = Verified | { readonly error: { readonly message: string; readonly action?: string } };

/** A path names an export, or the proof of an entry; without one it is the server's log, or that of a data directory. */
export async function verifyAudit(
  session: Session,
  path: string | undefined,
  options: VerifyOptions,
): Promise<ExitCode> {
  const heads = join(
    session.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'),
    'chorale',
    'audit-heads.json',
  );
  const keys = options.keys === undefined ? [] : await readLines(session, options.keys);
  const given = { heads, keys, ...(await findWhat(session, path, options)) };
  const answer = await askServerProgram<Answer>(program, [], JSON.stringify(given));
  if ('error' in answer) {
    const { message, action } = answer.error;
    throw new UsageError(action === undefined ? message : `${message}\n  ${action}`);
  }
  if (session.json) session.printJson(answer);
  else printVerified(session, answer);
  return answer.ok ? exitCodes.ok : exitCodes.goalFailed;
}

async function readLines({ readText }: Session, path: string): Promise<readonly string[]> {
  return (await readText(path)).split('\n').filter((line) => line.trim() !== '');
}

async function findWhat(session: Session, path: string | undefined, options: VerifyOptions): Promise<object> {
  const { client, readText } = session;
  if (path !== undefined && options.dataDir !== undefined)
    throw new UsageError('name an export or --data-dir, not both');
  if (path?.endsWith('.json') === true) return { proof: JSON.parse(await readText(path)) as object };
  if (path !== undefined) return { source: { from: 'files', path: resolve(path) } };
  if (options.dataDir !== undefined) {
    const flags = ['--data-dir', resolve(options.dataDir)];
    return { source: { from: 'database', tenant: options.tenant ?? 'default', flags } };
  }
  const { tenant, keys } = await client.signAuditLog();
  const key = await session.key();
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return { offered: keys, source: { from: 'server', server: client.baseUrl, tenant, headers } };
}

function printVerified({ print, paint, terminal }: Session, verified: Verified): void {
  const { ok, findings, entries, values = 0, valuesErased = 0, origin, rememberedSize } = verified;
  const { keysAreNew, keysChanged = false } = verified;
  const what = entries === undefined ? 'the entry is in' : `${entries} entries, ${values} values kept in`;
  if (ok) print(`${paint('green', 'verified')}  ${what} ${origin}\n`);
  else print(`${paint('red', 'NOT verified')}  ${origin || 'the log'}\n`);
  for (const { code, message } of findings) print(`  ${paint('red', code)}  ${oneLine(message)}\n`);
  if (valuesErased > 0) print(`  ${valuesErased} values were erased, as the log says\n`);
  if (ok && rememberedSize !== undefined)
    print(`  it continues what was verified before, at ${rememberedSize} entries\n`);
  if (ok && keysChanged) print('  its keys were changed, as those that were trusted have signed\n');
  if (ok && keysAreNew)
    terminal.error('its keys were not known here: compare them with those the operator has, `chorale audit keys`\n');
}
