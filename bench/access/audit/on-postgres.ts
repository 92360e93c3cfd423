// Acts that many callers report at once to one log on PostgreSQL; each is acknowledged after its commit.

import { randomBytes, sha256, verifySignature, makeNoteSigner } from '@chorale/adapter-crypto';
import { openPostgresStores } from '@chorale/adapter-postgres';
import { openAuditLog } from '@chorale/module-access';
import { makeDatabase } from '../../engine/own-database.ts';
import { makeAct, tenantId } from './acts.ts';

const acts = 40_000;
/** Requests under way in a busy server. */
const callers = 2_000;

export interface OnPostgres {
  readonly appendsPerSecond: number;
  /** Of reading and verifying all of it from its rows. */
  readonly verifiedPerSecond: number;
}

export async function measureOnPostgres(): Promise<OnPostgres> {
  const database = await makeDatabase();
  const stores = await openPostgresStores({ url: database.url });
  try {
    const log = openAuditLog({
      store: stores.audit,
      sha256,
      randomBytes,
      now: Date.now,
      random: Math.random,
      verify: verifySignature,
      originPrefix: 'bench.example/audit',
      signers: [makeNoteSigner('ed25519'), makeNoteSigner('ml-dsa-65')],
    });
    let next = 0;
    const began = performance.now();
    const report = async (): Promise<void> => {
      while (next < acts) await log.report(makeAct(next++));
    };
    await Promise.all(Array.from({ length: callers }, report));
    const appendsPerSecond = acts / ((performance.now() - began) / 1_000);
    await log.sign(tenantId);
    const verifyBegan = performance.now();
    const verified = await log.verify(tenantId);
    if (!verified.ok || verified.entries !== acts)
      throw new Error(`the log does not verify: ${JSON.stringify(verified.findings[0])}, ${verified.entries} entries.`);
    return { appendsPerSecond, verifiedPerSecond: acts / ((performance.now() - verifyBegan) / 1_000) };
  } finally {
    await stores.close();
    await database.drop();
  }
}
