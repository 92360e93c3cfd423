// What a person has sent and was sent goes with the memory of them.
import type { TenantId } from '@chorale/lib-ids';
import type { ErasedPlace } from '@chorale/module-memory';
import { addressName, parseAddress, type Message, type MessageStore } from '@chorale/module-messaging';

const atOnce = 500;

/** Where somebody erases the scope of a person, and not a session or a memory of it alone. */
export function forgetMessagesOf(messages: Pick<MessageStore, 'listMessages' | 'execute'>): ErasedPlace {
  return {
    name: 'messages',
    async forget(tenantId, { scope, sessionId, speaker, memoryIds }) {
      const isPart = sessionId !== undefined || speaker !== undefined || memoryIds !== undefined;
      if (scope.kind !== 'user' || isPart) return;
      const person = addressName(scope.id);
      const isTheirs = (address: string): boolean => {
        const { kind, name } = parseAddress(address);
        // Under a key of theirs they send as a program.
        return (kind === 'person' || kind === 'service') && name === person;
      };
      await forgetWhere(messages, tenantId, ({ sender, mailbox }) => isTheirs(sender) || isTheirs(mailbox));
    },
  };
}

async function forgetWhere(
  messages: Pick<MessageStore, 'listMessages' | 'execute'>,
  tenantId: TenantId,
  isTheirs: (message: Message) => boolean,
): Promise<void> {
  for (let before: Message | undefined; ;) {
    const page = await messages.listMessages(tenantId, { limit: atOnce, ...(before === undefined ? {} : { before }) });
    before = page.at(-1);
    const theirs = page.filter(isTheirs);
    for (const mailbox of new Set(theirs.map((message) => message.mailbox))) {
      const messageIds = theirs.filter((message) => message.mailbox === mailbox).map(({ messageId }) => messageId);
      await messages.execute({ command: 'forget-messages', tenantId, mailbox, messageIds });
    }
    if (page.length < atOnce) return;
  }
}
