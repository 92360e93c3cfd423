// What an answer that is no success says in its body, whichever vendor wrote it, and the row of the table that fits.

import type { Headers } from './exchange.ts';
import { faultTable, type FaultRow } from './fault-table.ts';

export interface FaultyAnswer {
  /** Undefined for an error inside a stream. */
  readonly status: number | undefined;
  readonly headers: Headers;
  readonly body: string;
}

export interface FaultSaid {
  /** Codes, types and states, joined by spaces. */
  readonly code: string;
  readonly message: string;
}

export function findFaultRow(status: number | undefined, { code, message }: FaultSaid): FaultRow | undefined {
  return faultTable.find(
    (row) =>
      (row.status === undefined || (status !== undefined && row.status.includes(status))) &&
      (row.code === undefined || row.code.test(code)) &&
      (row.says === undefined || row.says.test(message)),
  );
}

/** The codes and the message of any vendor's error body. */
export function readFaultBody({ headers, body }: FaultyAnswer): FaultSaid {
  const amazon = headers['x-amzn-errortype'];
  const codes: string[] = typeof amazon === 'string' ? [amazon] : [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { code: codes.join(' '), message: body.replaceAll(/<[^>]*>|\s+/g, ' ').trim() };
  }
  const outer = asRecord(Array.isArray(parsed) ? parsed[0] : parsed);
  const inner = typeof outer.error === 'string' ? { message: outer.error } : asRecord(outer.error);
  const response = asRecord(asRecord(outer.response).error);
  let message = '';
  for (const level of [inner, response, outer]) {
    for (const name of ['code', 'type', 'status', '__type', 'reason']) {
      const value = level[name];
      if (typeof value === 'string' && value !== 'error') codes.push(value);
    }
    for (const name of ['message', 'Message', 'detail', 'title']) {
      const value = level[name];
      if (message === '' && value !== undefined && value !== null) {
        message = typeof value === 'string' ? value : JSON.stringify(value);
      }
    }
  }
  codes.push(...detailCodes(inner.details));
  return { code: codes.join(' '), message };
}

/** Google says which quota and which reason in `details`. */
function detailCodes(details: unknown): readonly string[] {
  if (!Array.isArray(details)) return [];
  return details.flatMap((detail: unknown) => {
    const { reason, violations } = asRecord(detail);
    const quotas = Array.isArray(violations) ? violations.map((violation) => asRecord(violation).quotaId) : [];
    return [reason, ...quotas].filter((value) => typeof value === 'string');
  });
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
