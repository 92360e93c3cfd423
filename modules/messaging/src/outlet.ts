// Messages that leave: what lies in a mailbox is handed to programs outside, each message at least once, and those of one sender
// in their order. The mailbox is the outbox: a message ends there when whoever carries it has it on disk.
import type { TenantId } from '@chorale/lib-ids';
import type { Message } from './message.ts';
import type { MessageStore } from './message-store.ts';

/** The port to what carries messages to programs outside. */
export interface Outlet {
  readonly isUp: boolean;
  /** How many more it takes for this mailbox now. Rejects as temporary. */
  room(of: OutletName): Promise<number>;
  /** Resolves when it is on disk there. Rejects as temporary. */
  send(of: OutletName, message: Message): Promise<void>;
  close(): Promise<void>;
}

export interface OutletName {
  readonly tenantId: TenantId;
  /** One word. */
  readonly name: string;
}

export interface ForwardPorts {
  readonly messages: Pick<MessageStore, 'execute'>;
  readonly outlet: Outlet;
  readonly newTakeId: () => string;
}

const takeMax = 100;
const leaseMs = 60_000;

export function outletMailbox(name: string): string {
  return `service:${name}`;
}

/** Hands on what lies there and fits; gives how many went, and whether there may be more. */
export async function forwardMessages(
  { messages, outlet, newTakeId }: ForwardPorts,
  of: OutletName,
): Promise<{ readonly sent: number; readonly more: boolean }> {
  if (!outlet.isUp) return { sent: 0, more: false };
  // Asked before anything is taken: what is taken and given back too often is a dead letter.
  const max = Math.min(takeMax, await outlet.room(of));
  if (max <= 0) return { sent: 0, more: false };
  const { tenantId } = of;
  const [takeId, mailbox] = [newTakeId(), outletMailbox(of.name)];
  const take = { command: 'take-messages', tenantId, mailboxes: [mailbox], takeId, max, leaseMs } as const;
  const taken = (await messages.execute(take)).messages;
  const lines = new Map<string, Message[]>();
  for (const message of taken) {
    const line = `${message.priority} ${message.sender}`;
    lines.set(line, [...(lines.get(line) ?? []), message]);
  }
  const sent: string[] = [];
  const left: string[] = [];
  await Promise.all([...lines.values()].map((line) => sendLine(outlet, { of, line, sent, left })));
  const settle = { command: 'settle-messages', tenantId, takeId, mailbox } as const;
  if (sent.length > 0) await messages.execute({ ...settle, messageIds: sent, outcome: 'handled' });
  if (left.length > 0) await messages.execute({ ...settle, messageIds: left, outcome: 'released' });
  return { sent: sent.length, more: taken.length === max && left.length === 0 };
}

interface Line {
  readonly of: OutletName;
  readonly line: readonly Message[];
  readonly sent: string[];
  readonly left: string[];
}

/** One after the other: what is behind one that did not go waits with it. */
async function sendLine(outlet: Outlet, { of, line, sent, left }: Line): Promise<void> {
  let failed = false;
  for (const message of line) {
    failed ||= await outlet.send(of, message).then(
      () => false,
      () => true,
    );
    (failed ? left : sent).push(message.messageId);
  }
}
