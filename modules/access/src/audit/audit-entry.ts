// One entry of an audit log: who did what, on what, what was decided, and when.
//
// What is personal stands beside the log and is only referred to: the entry has a hash of it, made with a salt that nobody
// can guess. Deleting value and salt erases it for good, and the tree stays whole.
import type { Id, TenantId } from '@chorale/lib-ids';
import { concatBytes, fromBase64, toBase64, utf8Bytes } from '../bytes.ts';
import { keysRotateWhat } from './erasure-words.ts';
import type { Sha256 } from './merkle-tree.ts';

export type ActId = Id<'act'>;

/** What is referred to: its kind, as in `person`, `service`, `agent`, `goal`, and its id. Ids are no names. */
export interface ActParty {
  readonly kind: string;
  readonly id: string;
}

export type Decision = 'allowed' | 'refused' | 'approved' | 'rejected' | 'done' | 'failed';

/** For how long what an entry keeps by reference stays. The entry itself stays. */
export type RetentionClass = 'brief' | 'standard' | 'long' | 'permanent';

export const retentionClasses: readonly RetentionClass[] = ['brief', 'standard', 'long', 'permanent'];
export const decisions: readonly Decision[] = ['allowed', 'refused', 'approved', 'rejected', 'done', 'failed'];

/** A value that is kept by reference. */
export interface PersonalValue {
  readonly value: string;
  /** Whose it is: erasing that person's values deletes it. By default, who acted. */
  readonly subject?: string;
}

/** What somebody reports. */
export interface Act {
  readonly tenantId: TenantId;
  /** An act that is reported again under the same id is logged once. */
  readonly actId: ActId;
  readonly at: number;
  readonly who: ActParty;
  /** As in `goal.submit`: the thing, then the verb. */
  readonly what: string;
  readonly on: ActParty;
  readonly decision: Decision;
  /** A stable code, as in `role-missing`. */
  readonly reason?: string;
  readonly requestId?: string;
  readonly retention?: RetentionClass;
  /** Facts that are neither personal nor secret. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
  /** Names, addresses, what people wrote. */
  readonly personal?: Readonly<Record<string, PersonalValue>>;
}

/** What the entry has of a value that is kept by reference. */
export interface KeptReference {
  readonly subject: string;
  /** Base 64. */
  readonly hash: string;
}

/** An entry as it is in the log. */
export interface AuditEntry extends Omit<Act, 'personal' | 'retention' | 'detail'> {
  readonly retention: RetentionClass;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
  readonly kept: Readonly<Record<string, KeptReference>>;
}

/** The value beside the log. */
export interface KeptValue {
  readonly field: string;
  readonly subject: string;
  /** 16 bytes in base 64. */
  readonly salt: string;
  readonly value: string;
}

// Together they keep an entry below the 65,535 bytes that a bundle can hold, whatever is in it.
const fieldsMax = 16;
const fieldLengthMax = 64;
const idLengthMax = 256;
const textLengthMax = 512;
/** Of a note with keys and signatures of two algorithms, before and after; far below what a bundle's entry may have. */
const statementLengthMax = 32_000;
const valueLengthMax = 4_096;
export const saltBytes = 16;

export interface EntryFacts {
  readonly who: string;
  readonly on: string;
  readonly at: number;
  readonly retention: RetentionClass;
}

export interface PreparedAct {
  /** The entry as the log has it: canonical JSON. */
  readonly entry: string;
  /** What of it is looked for: reading it again from the entry would take as long as all the rest. */
  readonly facts: EntryFacts;
  readonly values: readonly KeptValue[];
}

/** Never refuses: an act that somebody could keep out of the log by its content would be a hole in it. */
export function prepareAct(act: Act, sha256: Sha256, randomBytes: (count: number) => Uint8Array): PreparedAct {
  const who = clipParty(act.who);
  const kept: Record<string, KeptReference> = {};
  const values = fieldsOf(act.personal).map(([field, { value, subject }]): KeptValue => {
    const salt = toBase64(randomBytes(saltBytes));
    return { field, subject: clip(subject ?? who.id, idLengthMax), salt, value: clip(value, valueLengthMax) };
  });
  for (const value of values) kept[value.field] = { subject: value.subject, hash: commitTo(sha256, value) };
  const lengthMax = act.what === keysRotateWhat ? statementLengthMax : textLengthMax;
  const detail: Record<string, string | number | boolean> = {};
  for (const [field, value] of fieldsOf(act.detail))
    detail[field] = typeof value === 'string' ? clip(value, lengthMax) : value;
  const on = clipParty(act.on);
  const retention = act.retention ?? 'standard';
  const { tenantId, actId, at, decision } = act;
  const entry = formatEntry({
    tenantId,
    actId,
    at,
    who,
    on,
    decision,
    what: clip(act.what, idLengthMax),
    ...(act.reason === undefined ? {} : { reason: clip(act.reason, idLengthMax) }),
    ...(act.requestId === undefined ? {} : { requestId: clip(act.requestId, idLengthMax) }),
    retention,
    detail,
    kept,
  });
  return { entry, values, facts: { who: who.id, on: on.id, at, retention } };
}

/** SHA-256 over the field's name, the salt and the value. */
export function commitTo(sha256: Sha256, { field, salt, value }: KeptValue): string {
  const parts = [utf8Bytes(`${field}\n`), fromBase64(salt) ?? new Uint8Array(), utf8Bytes(value)];
  return toBase64(sha256(concatBytes(...parts)));
}

/** One way to write an entry, so that what is read can be compared with what is written again. */
export function formatEntry(entry: AuditEntry): string {
  const { tenantId, actId, at, who, what, on, decision, reason, requestId, retention, detail, kept } = entry;
  return JSON.stringify({
    v: 1,
    tenant: tenantId,
    id: actId,
    at,
    who: { kind: who.kind, id: who.id },
    what,
    on: { kind: on.kind, id: on.id },
    decision,
    reason,
    request: requestId,
    retention,
    detail: inOrder(detail),
    kept: inOrder(kept),
  });
}

/** Whether the entry says that it is this act of this tenant. */
export function isEntryOf(entry: string, tenantId: TenantId, actId: ActId): boolean {
  return entry.startsWith(`{"v":1,"tenant":${JSON.stringify(tenantId)},"id":${JSON.stringify(actId)},`);
}

interface WrittenEntry extends Omit<AuditEntry, 'tenantId' | 'actId' | 'requestId'> {
  readonly v: number;
  readonly tenant: TenantId;
  readonly id: ActId;
  readonly request?: string;
}

/** Undefined where it is not what `formatEntry` writes. */
export function parseEntry(text: string): AuditEntry | undefined {
  let entry: AuditEntry;
  try {
    const { v: version, tenant, id, request, ...rest } = JSON.parse(text) as WrittenEntry;
    if (version !== 1) return undefined;
    entry = { ...rest, tenantId: tenant, actId: id, ...(request === undefined ? {} : { requestId: request }) };
    return formatEntry(entry) === text ? entry : undefined;
  } catch {
    return undefined;
  }
}

function fieldsOf<T>(fields: Readonly<Record<string, T>> | undefined): readonly (readonly [string, T])[] {
  return Object.entries(fields ?? {})
    .slice(0, fieldsMax)
    .map(([field, value]) => [clip(field, fieldLengthMax), value] as const);
}

function inOrder<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  const fields = Object.keys(record);
  if (fields.length < 2) return record;
  return Object.fromEntries(fields.toSorted().map((field) => [field, record[field]!]));
}

function clipParty({ kind, id }: ActParty): ActParty {
  return { kind: clip(kind, idLengthMax), id: clip(id, idLengthMax) };
}

const odd = /[\p{Cc}\p{Cs}]/u;
const allOdd = /[\p{Cc}\p{Cs}]/gu;

/** Control characters and lone surrogates, which not every store and no terminal takes, become U+FFFD. */
function clip(text: string, lengthMax: number): string {
  const clipped = text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}\u2026`;
  return odd.test(clipped) ? clipped.replaceAll(allOdd, '\uFFFD') : clipped;
}
