import { sha256, verifySignature } from '@chorale/adapter-crypto';
import {
  filesOf,
  parseNoteKey,
  unarchiveLog,
  verifyEntryProof,
  verifyLog,
  type LogTrust,
} from '@chorale/module-access';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchApprovals } from '../audit/approval-watch.ts';
import { openLogOverHttp } from '../audit/log-over-http.ts';
import { openLog } from '../process/log.ts';
import { ManualClock, settled } from '../process/manual-clock.ts';
import { routes } from './routes/index.ts';
import { startTestApi, type TestApi } from './api-fixture.ts';

let api: TestApi;
const headers = { authorization: 'Bearer auditor@default' };

beforeAll(async () => {
  api = await startTestApi();
  const { record } = api.services.audit;
  for (let no = 0; no < 300; no++) {
    const what = no % 3 === 0 ? 'secret.use' : 'approval.answer';
    const who = { kind: 'person', id: `person_${no % 2}` };
    const personal = no === 7 ? { comment: { value: 'call me at 555 0100' } } : {};
    const on = { kind: 'thing', id: `thing_${no}` };
    await record({ tenantId: 'default' as never, who, what, on, decision: 'allowed', personal });
  }
});

afterAll(() => api.close());

async function trust(): Promise<LogTrust> {
  const { keys, origin } = await api.client.getAuditLog();
  return { sha256, verify: verifySignature, origin, keys: keys.map((line) => parseNoteKey(sha256, line)) };
}

test('[AUD2] entries are found by who, on what, which act and when, page by page, with what is personal', async () => {
  const first = await api.client.listAuditEntries({ what: 'secret.use', limit: 60 });
  expect(first.items.map(({ no }) => no)).toEqual(Array.from({ length: 60 }, (_, index) => 297 - 3 * index));
  const rest = await api.client.listAuditEntries({ what: 'secret.use', limit: 60, after: first.next! });
  expect(rest.items.map(({ no }) => no)).toEqual(Array.from({ length: 40 }, (_, index) => 117 - 3 * index));
  expect((await api.client.listAuditEntries({ on: 'thing_7' })).items).toMatchObject([
    { no: 7, who: { id: 'person_1' }, personal: { comment: { subject: 'person_1', value: 'call me at 555 0100' } } },
  ]);
  expect((await api.client.listAuditEntries({ who: 'person_0', what: 'secret.' })).items).toHaveLength(50);
  expect((await api.client.listAuditEntries({ since: api.clock.now + 1 })).items).toEqual([]);
});

test('[AUD3] reading the log is in the log, once for all pages', async () => {
  const before = (await api.client.getAuditLog()).size;
  const { next } = await api.client.listAuditEntries({ limit: 2, what: 'audit.read' });
  await api.client.listAuditEntries({ limit: 2, what: 'audit.read', after: next! });
  expect((await api.client.getAuditLog()).size).toBe(before + 1);
});

test('[AUD3] reading entries as files is in the log, whichever is first, once an hour', async () => {
  await api.client.signAuditLog();
  const size = async () => (await api.client.getAuditLog()).size;
  const get = async (file: string) =>
    (await fetch(`${api.baseUrl}/v1/audit/default/${file}`, { headers: { authorization: 'Bearer auditor@default' } }))
      .status;
  const before = await size();
  expect(await get('checkpoint')).toBe(200);
  expect(await get('tile/0/000')).toBe(200);
  expect(await size()).toBe(before);
  expect(await get(`tile/entries/001.p/${(await size()) - 256}`)).toBe(200);
  expect(await get('tile/entries/000')).toBe(200);
  expect(await size()).toBe(before + 1);
  api.clock.now += 3_600_000;
  expect(await get('tile/entries/000')).toBe(200);
  expect(await size()).toBe(before + 2);
});

test('[AUD4] whoever has the keys verifies the log over HTTP, from an archive, and one entry by its proof', async () => {
  await api.client.signAuditLog();
  const files = openLogOverHttp({ server: api.baseUrl, tenant: 'default', headers });
  const whole = await verifyLog(files, await trust());
  expect(whole).toMatchObject({ ok: true, findings: [], values: 1 });
  expect(whole.entries).toBeGreaterThanOrEqual(300);

  const archive = new Uint8Array(await (await api.client.exportAuditLog()).arrayBuffer());
  const exported = await verifyLog(filesOf(unarchiveLog(archive)), await trust());
  expect(exported).toMatchObject({ ok: true, findings: [] });

  const [entry] = (await api.client.listAuditEntries({ on: 'thing_7' })).items;
  const proof = await api.client.proveAuditEntry(entry!.actId);
  expect(verifyEntryProof(proof, await trust())).toEqual([]);
  const bent = { ...proof, entry: proof.entry.replace('allowed', 'refused') };
  expect(verifyEntryProof(bent, await trust()).map(({ code }) => code)).toEqual(['root-wrong']);
  // Nothing is signed by who signs it himself.
  const others = { ...(await trust()), keys: [] };
  expect(verifyEntryProof(proof, others).map(({ code }) => code)).toEqual(['signature-wrong']);
});

test('[AUD5] files that a log does not have, and those of other tenants, are not found', async () => {
  const get = async (path: string): Promise<number> =>
    (await fetch(`${api.baseUrl}/v1/audit/${path}`, { headers })).status;
  expect(await get('default/tile/0/000')).toBe(200);
  expect(await get('default/tile/0/000.p/256')).toBe(404);
  expect(await get('default/tile/0/001.p/255')).toBe(404);
  expect(await get('default/tile/9/000')).toBe(404);
  expect(await get('default/tile/entries/x001/234/567')).toBe(404);
  expect(await get('north/checkpoint')).toBe(404);
});

test('[AUD6] the server verifies its own log, and says what is wrong', async () => {
  expect(await api.client.verifyAuditLog()).toMatchObject({ ok: true, values: 1, findings: [] });
});

test('[AUD9] what somebody may not do is in the log before they are told', async () => {
  const init = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: '{}' };
  expect((await fetch(`${api.baseUrl}/v1/model-keys`, init)).status).toBe(403);
  const refused = { who: 'auditor-of-default', decision: 'refused' } as const;
  expect((await api.client.listAuditEntries(refused)).items).toMatchObject([
    { what: 'key.manage', on: { kind: 'route', id: 'POST /v1/model-keys' }, reason: 'not-permitted' },
  ]);
  const call = { ...init, body: '{"model":"auto","messages":[]}' };
  expect((await fetch(`${api.baseUrl}/v1/chat/completions`, call)).status).toBe(403);
  expect((await api.client.listAuditEntries({ ...refused, what: 'model.use' })).items).toMatchObject([
    { on: { kind: 'route', id: 'POST /v1/chat/completions' }, reason: 'not-permitted' },
  ]);
});

/** What others may do or see depends on these; to take messages from a mailbox is plain use. */
const weighty = /^(?!message\.).*\.(?:manage|answer|agree|stop)$|^(?:secret|subject|tenant)\.|\.export$/;

test('[AUD1] every route that changes what others may do or see says what the log has of it', () => {
  const silent = routes.filter(({ method, permit, audit }) => {
    const isRead = method === 'GET' && !permit.endsWith('.export');
    return weighty.test(permit) && !isRead && audit === undefined;
  });
  // They do so in their handlers: where only showing what would go is none, and where the log goes, too.
  const selfLogged = ['applyRetention', 'eraseTenant', 'exportMemory'];
  expect(silent.map(({ operation }) => operation).filter((operation) => !selfLogged.includes(operation))).toEqual([]);
});

test('[AUD1] a change over the API has both its entries', async () => {
  await api.client.putBudget({ scope: 'tenant', window: 'day', limit: { usd: 5 } });
  const { items } = await api.client.listAuditEntries({ what: 'budget.manage' });
  expect(items.map(({ decision }) => decision)).toEqual(['done', 'allowed']);
  expect(items[0]).toMatchObject({ who: { kind: 'person' }, on: { kind: 'tenant-budget' }, detail: { window: 'day' } });
});

test('[AUD10] what people are asked is in the log once, before they answer', async () => {
  await api.client.submitGoal({ workflow: 'asks' });
  const [approval] = await api.client.listApprovals({ state: 'pending' });
  const watch = watchApprovals(
    { store: api.store, audit: api.services.audit, listTenants: async () => [{ tenantId: 'default' as never }] },
    { clock: new ManualClock(), log: openLog({ level: 'error', format: 'json', now: Date.now, write: () => {} }) },
  );
  const ended = watch.run();
  await settled();
  await watch.drain();
  await ended;
  await api.client.decideApproval(approval!.approvalId, { decision: 'approve' });
  const { items } = await api.client.listAuditEntries({ on: approval!.approvalId });
  expect(items.map(({ what, decision }) => `${what} ${decision}`)).toEqual([
    'approval.answer done',
    'approval.answer allowed',
    'approval.request done',
  ]);
});

test('[AUD11] what the log keeps of a person is erased, and the log stays whole', async () => {
  expect(await api.client.eraseAuditSubject('person_1')).toEqual({ values: 1 });
  const [entry] = (await api.client.listAuditEntries({ on: 'thing_7' })).items;
  expect(entry!.personal).toEqual({ comment: { subject: 'person_1' } });
  expect(await api.client.verifyAuditLog()).toMatchObject({ ok: true, valuesErased: 1, findings: [] });
});
