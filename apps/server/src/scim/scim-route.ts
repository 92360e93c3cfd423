// One route of SCIM: what it is handed and what it answers.
import { refused } from '@chorale/lib-errors';
import type { ActParty, Identity } from '@chorale/module-access';
import type { AccessServices, Caller } from '../api/caller.ts';
import { etagOf } from './scim-resources.ts';
import { valueInvalid } from './scim-error.ts';

export interface ScimRequest {
  readonly identity: Identity;
  readonly access: Pick<AccessServices, 'permissions'>;
  readonly caller: Caller;
  readonly by: ActParty;
  /** Of the resource; empty where the address names none. */
  readonly id: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  /** Where SCIM is. */
  readonly base: string;
  readonly ifMatch: string | undefined;
}

export interface ScimAnswer {
  readonly status: number;
  readonly body: object | undefined;
  readonly etag: string | undefined;
}

export interface ScimRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly handle: (request: ScimRequest) => Promise<ScimAnswer>;
}

/** What one list can be chosen from. */
export const usersMax = 10_000;
const countMax = 200;
const countDefault = 100;

export function answer(status: number, body?: object, version?: number): ScimAnswer {
  return { status, body, etag: version === undefined ? undefined : etagOf(version) };
}

/** RFC 7644, 3.4.2.4: the first is number 1; a count of 0 asks for the total alone. */
export function pageOf<T>(
  all: readonly T[],
  query: ScimRequest['query'],
): { readonly items: readonly T[]; readonly start: number } {
  const start = Math.max(1, numberOf(query['startIndex'], 1));
  const count = Math.min(countMax, Math.max(0, numberOf(query['count'], countDefault)));
  return { items: all.slice(start - 1, start - 1 + count), start };
}

function numberOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^-?\d{1,9}$/.test(text)) throw valueInvalid('startIndex and count are whole numbers.');
  return Number(text);
}

/** @throws refused `version-changed`. */
export function refuseOtherVersion({ ifMatch }: ScimRequest, version: number): void {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch === etagOf(version)) return;
  throw refused('version-changed', 'It was changed since it was read.', { action: 'Read it again.' });
}
