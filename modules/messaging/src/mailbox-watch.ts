// Wakes whoever waits for a mailbox: told by the store of this process, and over the bus by the others.
//
// Invariants: losing every word costs a poll: `waitFor` returns after `pollMs` at the latest, and its caller reads the rows.
import type { TenantId } from '@chorale/lib-ids';
import type { Json } from '@chorale/module-goals';
import type { Bus } from './bus.ts';
import type { MessageStore, PostedHint } from './message-store.ts';
import { makeRoutingKey } from './routing-key.ts';

export interface MailboxWatchOptions {
  readonly messages: Pick<MessageStore, 'onPosted'>;
  readonly bus: Bus;
  readonly schedule: (delayMs: number, callback: () => void) => () => void;
  readonly pollMs?: number;
}

const pollMsDefault = 1_000;
const kind = 'mailbox';
/** Hints hold the address of each mailbox; more of them say only that something came. */
const mailboxesMax = 1_000;

export class MailboxWatch {
  readonly #options: MailboxWatchOptions;
  readonly #waiting = new Map<string, Set<() => void>>();
  #stopListening: () => void = () => undefined;
  #unsubscribe: () => Promise<void> = async () => undefined;

  private constructor(options: MailboxWatchOptions) {
    this.#options = options;
  }

  static async open(options: MailboxWatchOptions): Promise<MailboxWatch> {
    const watch = new MailboxWatch(options);
    const { messages, bus } = options;
    watch.#stopListening = messages.onPosted((hint) => {
      watch.#wake(hint);
      const mailboxes = hint.mailboxes.slice(0, mailboxesMax);
      const key = makeRoutingKey({ tenantId: hint.tenantId, kind });
      // A hint that does not go out is made good by the poll of whoever waits.
      bus.publish(key, { mailboxes }, { expiresMs: pollMsDefault }).catch(() => undefined);
    });
    watch.#unsubscribe = await bus.subscribe({
      pattern: `*.*.*.${kind}`,
      handle: ({ key, body }) => watch.#wake(readHint(key, body)),
    });
    return watch;
  }

  /** Resolves when something may have come to one of the mailboxes, and after the poll's time at the latest. */
  waitFor(tenantId: TenantId, mailboxes: readonly string[]): Promise<void> {
    const { schedule, pollMs = pollMsDefault } = this.#options;
    return new Promise((resolve) => {
      const keys = mailboxes.map((mailbox) => `${tenantId} ${mailbox}`);
      const wake = (): void => {
        takeBack();
        for (const key of keys) {
          const waiting = this.#waiting.get(key);
          waiting?.delete(wake);
          if (waiting?.size === 0) this.#waiting.delete(key);
        }
        resolve();
      };
      const takeBack = schedule(pollMs, wake);
      for (const key of keys) {
        const waiting = this.#waiting.get(key);
        if (waiting === undefined) this.#waiting.set(key, new Set([wake]));
        else waiting.add(wake);
      }
    });
  }

  async close(): Promise<void> {
    this.#stopListening();
    for (const waiting of this.#waiting.values()) for (const wake of waiting) wake();
    await this.#unsubscribe();
  }

  #wake({ tenantId, mailboxes }: PostedHint): void {
    for (const mailbox of mailboxes) for (const wake of this.#waiting.get(`${tenantId} ${mailbox}`) ?? []) wake();
  }
}

/** What other processes say is looked at like anything from outside. */
function readHint(key: string, body: Json): PostedHint {
  const [tenantId = ''] = key.split('.');
  const given = body !== null && typeof body === 'object' && 'mailboxes' in body ? body.mailboxes : [];
  const mailboxes = Array.isArray(given) ? given.filter((one) => typeof one === 'string') : [];
  return { tenantId: tenantId as TenantId, mailboxes };
}
