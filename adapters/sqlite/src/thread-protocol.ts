import type { ErrorRecord } from '@chorale/lib-errors';
import type { Command, EngineLimits } from '@chorale/module-goals';
import type { ReadRequest } from './store-reads.ts';

export interface ThreadOptions {
  readonly path: string;
  readonly role: 'writer' | 'reader';
}

export type ThreadRequest = { readonly id: number } & (
  | { readonly ask: 'batch'; readonly commands: readonly Command[] }
  | ({ readonly ask: 'read' } & ReadRequest)
  | { readonly ask: 'configure'; readonly limits: EngineLimits }
  | { readonly ask: 'close' }
);

/** Id 0 says whether the thread could open the database. */
export type ThreadReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: ErrorRecord };
