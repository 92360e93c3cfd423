// What a batch of commands will ask the rows for: for a store that loads before it runs. Rules MB1 and MB2 of SPEC.md rest
// on the store locking the rows of `mailboxes` first, in their order.
import type { TenantId } from '@chorale/lib-ids';
import { unreachable } from '@chorale/lib-errors';
import { heardUnder, parseAddress, standsForMany } from './address.ts';
import { answerId, replyMailbox } from './message.ts';
import type { MessageCommand } from './message-store.ts';
import { topicsOf } from './open-mailbox.ts';
import { lookAt } from './take-messages.ts';

interface InTenant {
  readonly tenantId: TenantId;
}
export type MailboxName = InTenant & { readonly mailbox: string };
export type MessageKey = MailboxName & { readonly messageId: string };
export type TopicName = InTenant & { readonly topic: string };

export interface MessageNeeds {
  /** Whose subscribers are asked for; what is posted to them goes to mailboxes that are known only then. */
  readonly topics: readonly TopicName[];
  readonly mailboxes: readonly MailboxName[];
  readonly messages: readonly MessageKey[];
  /** Posted to a topic: looked for in the mailbox of each subscriber. */
  readonly posts: readonly (TopicName & { readonly messageId: string })[];
  readonly open: readonly (MailboxName & { readonly limit: number })[];
  readonly due: readonly MailboxName[];
  readonly schemas: readonly TopicName[];
}

type Gathered = { -readonly [Need in keyof MessageNeeds]: MessageNeeds[Need][number][] };

export function needsOf(commands: readonly MessageCommand[]): MessageNeeds {
  const needs: Gathered = { topics: [], mailboxes: [], messages: [], posts: [], open: [], due: [], schemas: [] };
  for (const command of commands) gather(needs, command);
  return needs;
}

function gather(needs: Gathered, command: MessageCommand): void {
  const { tenantId } = command;
  switch (command.command) {
    case 'post-message':
      return gatherPost(needs, command);
    case 'open-mailbox':
      needs.mailboxes.push({ tenantId, mailbox: command.mailbox });
      for (const topic of attempt(() => topicsOf(command)) ?? []) needs.topics.push({ tenantId, topic });
      return;
    case 'take-messages':
      for (const mailbox of command.mailboxes) {
        needs.mailboxes.push({ tenantId, mailbox });
        needs.open.push({ tenantId, mailbox, limit: lookAt(command.max) });
      }
      return;
    case 'settle-messages':
    case 'forget-messages':
      needs.mailboxes.push({ tenantId, mailbox: command.mailbox });
      for (const messageId of command.messageIds)
        needs.messages.push({ tenantId, mailbox: command.mailbox, messageId });
      return;
    case 'answer-question': {
      const { mailbox, messageId } = command;
      needs.mailboxes.push({ tenantId, mailbox });
      needs.messages.push({ tenantId, mailbox, messageId });
      needs.messages.push({ tenantId, mailbox: replyMailbox(messageId), messageId: answerId });
      return;
    }
    case 'redrive-message':
      needs.mailboxes.push({ tenantId, mailbox: command.mailbox });
      needs.messages.push({ tenantId, mailbox: command.mailbox, messageId: command.messageId });
      return;
    case 'sweep-mailbox':
      needs.mailboxes.push({ tenantId, mailbox: command.mailbox });
      needs.due.push({ tenantId, mailbox: command.mailbox });
      return;
    case 'put-topic':
    case 'drop-topic':
      needs.schemas.push({ tenantId, topic: command.topic });
      return;
    default:
      return unreachable(command);
  }
}

function gatherPost(
  needs: Gathered,
  { tenantId, address, messageId }: Extract<MessageCommand, { command: 'post-message' }>,
): void {
  const parsed = attempt(() => parseAddress(address));
  if (parsed === undefined) return;
  if (standsForMany(parsed)) {
    for (const topic of heardUnder(address)) {
      needs.topics.push({ tenantId, topic });
      needs.posts.push({ tenantId, topic, messageId });
    }
  } else {
    needs.mailboxes.push({ tenantId, mailbox: address });
    needs.messages.push({ tenantId, mailbox: address, messageId });
  }
}

/** A command that will be refused needs nothing. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
