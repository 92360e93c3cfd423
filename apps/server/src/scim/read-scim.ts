// What a directory sends: filters, attributes, and changes to them.
import { refused } from '@chorale/lib-errors';
import { noText } from '../api/unkeepable.ts';
import { valueInvalid } from './scim-error.ts';

/** Attributes of a user that are kept; others are left unread, as RFC 7644 allows. */
export interface ScimUser {
  readonly userName?: string;
  readonly displayName?: string;
  readonly externalId?: string | undefined;
  readonly email?: string | undefined;
  readonly active?: boolean;
}

export interface ScimGroup {
  readonly displayName?: string;
  readonly externalId?: string | undefined;
  /** Ids of users, where it says. */
  readonly members?: readonly string[];
}

export interface ScimFilter {
  readonly attribute: string;
  readonly value: string;
}

type Attributes = Readonly<Record<string, unknown>>;

const operationsMax = 1_000;
const membersMax = 10_000;

/** `attribute eq "value"`; the other operators are not offered (see ServiceProviderConfig). */
export function readFilter(text: string | undefined, attributes: readonly string[]): ScimFilter | undefined {
  if (text === undefined) return undefined;
  const [, attribute = '', quoted = ''] = /^\s*([A-Za-z.]+)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/i.exec(text) ?? [];
  const known = attributes.find((name) => name.toLowerCase() === attribute.toLowerCase());
  const value = known === undefined ? undefined : parseText(quoted);
  if (known === undefined || value === undefined || noText.test(value))
    throw refused('scim-filter-invalid', `Filters are: ${attributes.map((name) => `${name} eq "…"`).join(', ')}.`);
  return { attribute: known, value };
}

function parseText(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}

export function readUser(given: unknown): ScimUser {
  const attributes = asAttributes(given);
  const user: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) setUser(user, name, value);
  return user;
}

export function readGroup(given: unknown): ScimGroup {
  const attributes = asAttributes(given);
  const externalId = findAttribute(attributes, 'externalId');
  const members = findAttribute(attributes, 'members');
  const displayName = findAttribute(attributes, 'displayName');
  return {
    ...(displayName === undefined ? {} : { displayName: asText(displayName, 'displayName') }),
    ...(externalId === undefined ? {} : { externalId: asText(externalId, 'externalId') }),
    ...(members === undefined ? {} : { members: readMembers(members) }),
  };
}

export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string | undefined;
  readonly value: unknown;
}

/** The operations of a PatchOp message, in their order. */
export function readPatch(given: unknown): readonly PatchOperation[] {
  const operations = findAttribute(asAttributes(given), 'Operations');
  if (!Array.isArray(operations) || operations.length === 0 || operations.length > operationsMax)
    throw valueInvalid(`A PatchOp has 1 to ${operationsMax} Operations.`);
  return operations.map((one: unknown) => {
    const attributes = asAttributes(one);
    const op = asText(findAttribute(attributes, 'op'), 'op').toLowerCase();
    if (op !== 'add' && op !== 'replace' && op !== 'remove') throw valueInvalid(`There is no operation ${op}.`);
    const path = findAttribute(attributes, 'path');
    if (op === 'remove' && path === undefined) throw pathInvalid('remove needs a path');
    const value = findAttribute(attributes, 'value');
    return { op, path: path === undefined ? undefined : asText(path, 'path'), value };
  });
}

/** What of a user the operations change. */
export function patchUser(operations: readonly PatchOperation[]): ScimUser {
  const user: Record<string, unknown> = {};
  for (const { op, path, value } of operations) {
    if (path === undefined) Object.assign(user, readUser(value));
    else setUser(user, path, op === 'remove' ? null : value);
  }
  return user;
}

export interface MembersPatch {
  readonly join: Set<string>;
  readonly leave: Set<string>;
  /** Whoever is in it and not named leaves. */
  readonly all: boolean;
}

export interface GroupPatch {
  readonly displayName?: string;
  readonly members: MembersPatch;
}

export function patchGroup(operations: readonly PatchOperation[]): GroupPatch {
  const join = new Set<string>();
  const leave = new Set<string>();
  let all = false;
  let displayName: string | undefined;
  const replaceAll = (ids: readonly string[]): void => {
    all = true;
    join.clear();
    leave.clear();
    for (const id of ids) join.add(id);
  };
  for (const { op, path, value } of operations) {
    const [, one] = /^members\[\s*value\s+eq\s+"([^"]+)"\s*\]$/i.exec(path ?? '') ?? [];
    const name = path?.toLowerCase();
    if (one !== undefined && op === 'remove') {
      join.delete(one);
      leave.add(one);
    } else if (name === 'members') {
      if (op === 'replace') replaceAll(readMembers(value));
      else if (op === 'remove' && value === undefined) replaceAll([]);
      else
        for (const id of readMembers(value)) {
          (op === 'remove' ? join : leave).delete(id);
          (op === 'remove' ? leave : join).add(id);
        }
    } else if (name === 'displayname' && op !== 'remove') displayName = asText(value, 'displayName');
    else if (path === undefined) {
      const group = readGroup(value);
      displayName = group.displayName ?? displayName;
      if (group.members !== undefined && op === 'replace') replaceAll(group.members);
      else for (const id of group.members ?? []) join.add(id);
    } else if (name !== 'externalid') throw pathInvalid(`groups have no ${path}`);
  }
  return { members: { join, leave, all }, ...(displayName === undefined ? {} : { displayName }) };
}

function setUser(user: Record<string, unknown>, name: string, value: unknown): void {
  const attribute = name.replace(/^urn:ietf:params:scim:schemas:core:2\.0:User:/i, '').toLowerCase();
  if (attribute === 'username') user['userName'] = asText(value, 'userName');
  else if (attribute === 'displayname' || attribute === 'name.formatted') user['displayName'] = orNothing(value, name);
  else if (attribute === 'name') user['displayName'] ??= nameOf(value);
  else if (attribute === 'externalid') user['externalId'] = orNothing(value, name);
  else if (attribute === 'active') user['active'] = asFlag(value);
  else if (attribute === 'emails') user['email'] = emailOf(value);
  else if (/^emails\[.*\]\.value$/.test(attribute)) user['email'] = orNothing(value, name);
  else if (attribute === 'password') throw valueInvalid('Passwords are chosen by people, not by a directory.');
}

function nameOf(value: unknown): string | undefined {
  const { formatted, givenName, familyName } = asAttributes(value);
  if (typeof formatted === 'string') return formatted;
  const parts = [givenName, familyName].filter((part): part is string => typeof part === 'string');
  return parts.length === 0 ? undefined : parts.join(' ');
}

function emailOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  const all = (Array.isArray(value) ? value : [value]).map(asAttributes);
  const chosen = all.find(({ primary }) => primary === true) ?? all[0];
  return chosen === undefined ? undefined : asText(chosen['value'], 'emails.value');
}

function readMembers(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (all.length > membersMax) throw valueInvalid(`A group has at most ${membersMax} members.`);
  return all.map((member) => asText(asAttributes(member)['value'], 'members.value'));
}

/** Names of attributes are the same in whatever case. */
function findAttribute(attributes: Attributes, name: string): unknown {
  if (name in attributes) return attributes[name];
  return Object.entries(attributes).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

function asAttributes(value: unknown): Attributes {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw valueInvalid('It is no object.');
  return value as Attributes;
}

function asText(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '' || value.length > 1_024)
    throw valueInvalid(`${name} is a text of 1 to 1024 characters.`);
  return value;
}

function orNothing(value: unknown, name: string): string | undefined {
  return value === null || value === undefined || value === '' ? undefined : asText(value, name);
}

/** Some directories write it as a text. */
function asFlag(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  if (text === 'true' || text === 'false') return text === 'true';
  throw valueInvalid('active is true or false.');
}

function pathInvalid(why: string): Error {
  return refused('scim-path-invalid', `That path cannot be changed: ${why}.`);
}
