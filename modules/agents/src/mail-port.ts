// What agents have of mailboxes: they write to other agents of their goal, ask them, and read what was written to them.

import type { CancelSignal } from '@chorale/lib-time';
import type { Json } from '@chorale/module-goals';
import type { AttemptRequest } from './attempt-ports.ts';

/** Whose mail it is: that of the agent and of its role, in its goal. */
export interface MailOwner {
  readonly request: AttemptRequest;
  readonly agent: string;
  readonly role: string;
}

/** Whom an agent writes to, within its goal; one of them. */
export interface Recipient {
  readonly agent?: string;
  readonly role?: string;
  readonly topic?: string;
  readonly everyone?: true;
}

export interface Letter {
  readonly mailbox: string;
  readonly messageId: string;
  /** `agent:NAME@GOAL`, `person:NAME` or `service:NAME`. */
  readonly from: string;
  readonly payload: Json;
  readonly question: boolean;
}

export interface MailPort {
  /** Sent again with its id it is the same letter. Gives how many mailboxes it lies in. */
  send(
    owner: MailOwner,
    letter: { readonly messageId: string; readonly to: Recipient; readonly payload: Json; readonly question?: boolean },
  ): Promise<number>;
  /** Waits until something came, up to `waitMs`; repeated with its id it gives what it gave. */
  receive(
    owner: MailOwner,
    take: { readonly takeId: string; readonly waitMs: number; readonly topics: readonly string[] },
    signal: CancelSignal,
  ): Promise<readonly Letter[]>;
  /** They were read, and are given to nobody else. */
  settle(owner: MailOwner, takeId: string, letters: readonly Letter[]): Promise<void>;
  /** Undefined when nobody answered in time. */
  awaitAnswer(
    owner: MailOwner,
    question: { readonly messageId: string; readonly waitMs: number },
    signal: CancelSignal,
  ): Promise<Pick<Letter, 'from' | 'payload'> | undefined>;
  /** False when somebody had answered before. */
  answer(owner: MailOwner, letter: Pick<Letter, 'mailbox' | 'messageId' | 'payload'>): Promise<boolean>;
}
