import { refused } from '@chorale/lib-errors';
import { parseAddress } from './address.ts';
import { endMessage } from './change-mailbox.ts';
import type { Execution } from './execute-messages.ts';
import { answerId, messageLimits, replyMailbox } from './message.ts';
import type { AnswerQuestion, MessageReplies } from './message-store.ts';

export function answerQuestion(execution: Execution, command: AnswerQuestion): MessageReplies['answer-question'] {
  const { rows, now } = execution;
  const { tenantId, messageId, sender, payload } = command;
  const question = rows.message(tenantId, command.mailbox, messageId);
  if (question?.question !== true) {
    throw refused('question-not-found', `There is no question ${messageId} in ${command.mailbox}.`);
  }
  parseAddress(sender);
  if (JSON.stringify(payload).length > messageLimits.payloadLengthMax)
    throw refused('message-invalid', `An answer has at most ${messageLimits.payloadLengthMax} characters.`);
  if (question.state === 'dead' && question.deadReason === 'expired') {
    throw refused('question-expired', `Nobody waits for an answer to ${messageId} any more.`);
  }
  if (question.open) endMessage(execution, question, { state: 'handled' });
  const mailbox = replyMailbox(messageId);
  const earlier = rows.message(tenantId, mailbox, answerId);
  // The same answer again: its first acknowledgement was lost.
  if (earlier !== undefined)
    return { counts: earlier.sender === sender && JSON.stringify(earlier.payload) === JSON.stringify(payload) };
  rows.addMessage({
    ...question,
    mailbox,
    messageId: answerId,
    no: 1,
    sender,
    address: question.sender,
    payload,
    question: false,
    sentAt: now,
    expiresAt: undefined,
    // Nobody takes it: whoever asked finds it by its id.
    state: 'handled',
    open: false,
    takeId: undefined,
    leaseUntil: undefined,
    deliveries: 0,
    deadReason: undefined,
    deadDetail: undefined,
    endedAt: now,
    dueAt: now + messageLimits.handledKeepMs,
  });
  return { counts: true };
}
