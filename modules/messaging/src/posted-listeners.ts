// Tells those who listen to a store what a batch put into mailboxes, once it is on disk.
import { unreachable } from '@chorale/lib-errors';
import type { Outcome } from '@chorale/module-goals';
import { replyMailbox } from './message.ts';
import type { MessageCommand, MessageReplies, PostedHint } from './message-store.ts';

export class PostedListeners {
  readonly #listeners = new Set<(hint: PostedHint) => void>();

  add(listener: (hint: PostedHint) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Each tenant once, with what its commands put there. */
  tell(commands: readonly MessageCommand[], outcomes: readonly Outcome<unknown>[]): void {
    if (this.#listeners.size === 0) return;
    const told = new Map<PostedHint['tenantId'], Set<string>>();
    for (const [index, command] of commands.entries()) {
      const outcome = outcomes[index];
      const hint = outcome === undefined || 'error' in outcome ? undefined : postedBy(command, outcome.reply);
      if (hint === undefined) continue;
      const mailboxes = told.get(hint.tenantId) ?? new Set();
      told.set(hint.tenantId, mailboxes);
      for (const mailbox of hint.mailboxes) mailboxes.add(mailbox);
    }
    for (const [tenantId, mailboxes] of told)
      for (const listener of this.#listeners) listener({ tenantId, mailboxes: [...mailboxes] });
  }
}

/** Whom a command that was carried out concerns; undefined when nobody waits for it. */
function postedBy(command: MessageCommand, reply: unknown): PostedHint | undefined {
  const { tenantId } = command;
  switch (command.command) {
    case 'post-message': {
      const { mailboxes } = reply as MessageReplies['post-message'];
      return mailboxes.length === 0 ? undefined : { tenantId, mailboxes };
    }
    case 'answer-question':
      return { tenantId, mailboxes: [replyMailbox(command.messageId)] };
    case 'redrive-message':
      return { tenantId, mailboxes: [command.mailbox] };
    case 'settle-messages':
      return command.outcome === 'released' ? { tenantId, mailboxes: [command.mailbox] } : undefined;
    case 'open-mailbox':
    case 'take-messages':
    case 'sweep-mailbox':
    case 'forget-messages':
    case 'put-topic':
    case 'drop-topic':
      return undefined;
    default:
      return unreachable(command);
  }
}
