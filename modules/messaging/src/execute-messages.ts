// Runs commands on mailboxes. This is the whole engine: the same code under every store. Throws a ChoraleError, having
// written nothing, when a command is refused.
import { unreachable } from '@chorale/lib-errors';
import { answerQuestion } from './answer-question.ts';
import type { MailboxRows } from './mailbox-rows.ts';
import type { MessageCommand, MessageReplies } from './message-store.ts';
import { openMailbox } from './open-mailbox.ts';
import { postMessage } from './post-message.ts';
import { redriveMessage } from './redrive-message.ts';
import { settleMessages } from './settle-messages.ts';
import { forgetMessages } from './forget-messages.ts';
import { sweepMailbox } from './sweep-mailbox.ts';
import { takeMessages } from './take-messages.ts';

export interface Execution {
  readonly rows: MailboxRows;
  readonly now: number;
}

type Reply = MessageReplies[MessageCommand['command']];

export function executeMessages(execution: Execution, command: MessageCommand): Reply {
  const { rows, now } = execution;
  switch (command.command) {
    case 'post-message':
      return postMessage(execution, command);
    case 'open-mailbox':
      return openMailbox(execution, command);
    case 'take-messages':
      return takeMessages(execution, command);
    case 'settle-messages':
      return settleMessages(execution, command);
    case 'answer-question':
      return answerQuestion(execution, command);
    case 'redrive-message':
      return redriveMessage(execution, command);
    case 'sweep-mailbox':
      return sweepMailbox(execution, command);
    case 'forget-messages':
      return forgetMessages(execution, command);
    case 'put-topic': {
      const { command: _command, ...topic } = command;
      rows.putTopic({ ...topic, setAt: now });
      return { topic: { ...topic, setAt: now } };
    }
    case 'drop-topic': {
      const done = rows.topic(command.tenantId, command.topic) !== undefined;
      rows.dropTopic(command.tenantId, command.topic);
      return { done };
    }
    default:
      return unreachable(command);
  }
}
