// The keys that sign audit logs, as all processes of an installation have them.
//
// Owns:       which keys this process signs with. The first ones are files; those that came after them are in the database,
//             sealed under the installation's key-encryption key, so that every process finds them.
// Invariants: KR1 a process signs with the newest keys that are in the database, and with none while they change.
//             KR2 what is in the database opens with the key-encryption key that is current, also after that has changed.
//             KR3 one that was changed elsewhere meanwhile is not written over.
import { makeNoteKey, randomBytes, readNoteSigner, secretCipher } from '@chorale/adapter-crypto';
import { refused, temporary } from '@chorale/lib-errors';
import {
  fromBase64,
  homeTenant,
  toBase64,
  utf8Bytes,
  utf8Text,
  type ActParty,
  type IdentityRecord,
  type IdentityStore,
  type KeyEncryptionKeys,
} from '@chorale/module-access';
import { algorithms, openAuditFiles, type Signer } from './audit-keys.ts';

export interface KeyRing {
  readonly signers: readonly Signer[];
  /**
   * Takes over what another process has changed. False while one is at it: nothing is to be signed then.
   * @throws refused `audit-keys-unreadable`.
   */
  refresh(): Promise<boolean>;
  /** New keys, which all processes sign with from now on. @throws temporary `record-changed`. */
  rotate(who: ActParty): Promise<void>;
}

export interface KeyRingPorts {
  readonly directory: string;
  readonly store: Pick<IdentityStore, 'findRecord' | 'execute'>;
  readonly keys: KeyEncryptionKeys;
  readonly now: () => number;
  /** Lets every log say so, signed by both; also where a log says it already. */
  readonly state: (change: KeyChangeOf) => Promise<void>;
}

export interface KeyChangeOf {
  readonly who: ActParty;
  readonly before: readonly Signer[];
  readonly after: readonly Signer[];
}

type Row = IdentityRecord<'auditKeys'>;

/** What is sealed: PEM, in the order of the algorithms. The keys before stay until every log has said that they change. */
interface Kept {
  readonly keys: readonly string[];
  readonly before?: { readonly keys: readonly string[]; readonly who: ActParty };
}

const bound = utf8Bytes('audit keys');
const dataKeyBytes = 32;
const id = 'current';
const none = new Uint8Array();
/** A process that takes longer than this to change keys is gone: another one ends what it began. */
const changingMsMax = 60_000;

export function openKeyRing(ports: KeyRingPorts): KeyRing {
  const { store, keys, now, state } = ports;
  const first = openAuditFiles(ports.directory);
  let signers = read(first);
  let pems = first;
  let version = 0;

  const find = (): Promise<Row | undefined> => store.findRecord(homeTenant, 'auditKeys', id);

  async function put(kept: Kept, row: Row | undefined, changedAt: number): Promise<boolean> {
    const body = { ...(await seal(keys, kept)), changedAt };
    const record: Row = { tenantId: homeTenant, kind: 'auditKeys', id, version: (row?.version ?? 0) + 1, body };
    const write = row === undefined ? 'add' : 'replace';
    const command = { command: 'write-identity', tenantId: homeTenant, writes: [{ write, record }] } as const;
    if (!(await store.execute(command)).done) return false;
    ({ version } = record);
    return true;
  }

  /** What is said twice does no harm. */
  async function finish({ keys: current, before }: Kept, changedAt: number): Promise<void> {
    if (before !== undefined) await state({ who: before.who, before: read(before.keys), after: signers });
    await put({ keys: current }, await find(), changedAt);
  }

  async function refresh(): Promise<boolean> {
    const row = await find();
    if (row === undefined) return true;
    const isCurrent = row.body.wrappedBy === (await keys.current());
    if (row.version === version && isCurrent) return true;
    const kept = await open(keys, row.body);
    const isChanging = kept.before !== undefined;
    if (isChanging && now() - row.body.changedAt < changingMsMax) return false;
    if (row.version !== version) [pems, signers] = [kept.keys, read(kept.keys)];
    ({ version } = row);
    // Another process that does the same was faster, where it is refused.
    if (isChanging) await finish(kept, row.body.changedAt);
    else if (!isCurrent) await put(kept, row, row.body.changedAt);
    return true;
  }

  return {
    get signers() {
      return signers;
    },
    refresh,
    async rotate(who) {
      const isSettled = await refresh();
      const row = await find();
      const kept = { keys: algorithms.map((algorithm) => makeNoteKey(algorithm)), before: { keys: pems, who } };
      if (!isSettled || (row?.version ?? 0) !== version || !(await put(kept, row, now())))
        throw temporary('record-changed', 'The keys of the audit log are being changed elsewhere.', {
          retryAfterMs: 1_000,
        });
      [pems, signers] = [kept.keys, read(kept.keys)];
      await finish(kept, now());
    },
  };
}

function read(pems: readonly string[]): readonly Signer[] {
  return algorithms.map((algorithm, at) => readNoteSigner(pems[at] ?? '', algorithm, 'What is kept of the audit keys'));
}

async function seal(keys: KeyEncryptionKeys, kept: Kept): Promise<Omit<Row['body'], 'changedAt'>> {
  const dataKey = randomBytes(dataKeyBytes);
  const { wrappedBy, wrapped } = await keys.wrap(dataKey, bound);
  const sealed = secretCipher.seal(dataKey, utf8Bytes(JSON.stringify(kept)), bound);
  return { wrappedBy, wrapped: toBase64(wrapped), sealed: toBase64(sealed) };
}

async function open(keys: KeyEncryptionKeys, { wrappedBy, wrapped, sealed }: Row['body']): Promise<Kept> {
  const dataKey = await keys.unwrap({ wrappedBy, wrapped: fromBase64(wrapped) ?? none }, bound);
  const plain = dataKey && secretCipher.open(dataKey, fromBase64(sealed) ?? none, bound);
  if (plain !== undefined) return JSON.parse(utf8Text(plain) ?? '') as Kept;
  throw refused('audit-keys-unreadable', 'The keys of the audit log do not open with the key-encryption key of here.', {
    action: 'Every process needs the same key-encryption key: put back the one that they were sealed under.',
  });
}
