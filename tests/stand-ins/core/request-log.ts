// What was sent to a stand-in, for tests to look into: bounded, oldest out first.

import type { IncomingHttpHeaders } from 'node:http';
import type { Outcome } from './meter.ts';
import type { TokenUse } from './tokens.ts';

export interface LoggedRequest {
  readonly no: number;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Undefined until it ended, and where no answer was sent at all. */
  status?: number;
  outcome?: Outcome;
  /** Why it was refused. */
  error?: string;
  /** The kind of the fault that struck. */
  fault?: string;
  model?: string;
  key?: string;
  use?: TokenUse;
  /** Nano-dollars. */
  cost?: number;
  fingerprint?: string;
}

export interface RequestLog {
  readonly entries: readonly LoggedRequest[];
  add(entry: LoggedRequest): void;
  /** Requests whose address, headers or body contain the text, as it is or escaped in JSON. */
  find(text: string): readonly LoggedRequest[];
  clear(): void;
}

export function createRequestLog(entriesMax: number): RequestLog {
  const entries: LoggedRequest[] = [];
  return {
    entries,
    add(entry) {
      if (entries.length >= entriesMax) entries.splice(0, Math.ceil(entriesMax / 10));
      entries.push(entry);
    },
    find(text) {
      const escaped = JSON.stringify(text).slice(1, -1);
      return entries.filter(({ path, headers, body }) =>
        [path, JSON.stringify(headers), body].some((part) => part.includes(text) || part.includes(escaped)),
      );
    },
    clear: () => entries.splice(0),
  };
}
