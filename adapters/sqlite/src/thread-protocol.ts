import type { ErrorRecord } from '@chorale/lib-errors';
import type { EngineLimits } from '@chorale/module-goals';
import type { PartName } from './parts.ts';

export interface ThreadOptions {
  readonly path: string;
  readonly role: 'writer' | 'reader';
}

export type ThreadRequest = { readonly id: number } & (
  | { readonly ask: 'batch'; readonly part: PartName; readonly commands: readonly unknown[] }
  | { readonly ask: 'read'; readonly part: PartName; readonly method: string; readonly given: readonly unknown[] }
  | { readonly ask: 'configure'; readonly limits: EngineLimits }
  | { readonly ask: 'close' }
);

/** Id 0 says whether the thread could open the database. */
export type ThreadReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: ErrorRecord };
