// What a person says to an agent while it works, or before it begins.
import { refused } from '@chorale/lib-errors';
import type { Replies, SendMessage } from './command.ts';
import { findByKey } from './retry-task.ts';
import { definitionOf } from './task-life.ts';
import { isTaskEnded, messageLengthMax, messagesMax } from './task.ts';
import type { WorkingSet } from './working-set.ts';

export function sendMessage(set: WorkingSet, command: SendMessage): Replies['send-message'] {
  const { tenantId, goalId, messageId, text, by } = command;
  const goal = set.getGoal(tenantId, goalId);
  const found = findByKey(set, command);
  const { kind } = definitionOf(set, goal, found);
  if (kind !== 'agent') {
    throw refused('message-not-possible', `Task ${found.key} is of kind ${kind}; only an agent can be told something.`);
  }
  const messages = found.messages ?? [];
  if (messages.some((message) => message.messageId === messageId)) return { goal };
  if (isTaskEnded(found.state)) {
    throw refused('message-too-late', `Task ${found.key} is ${found.state}; nobody listens any more.`, {
      action: 'Retry or re-run the task, and say it then.',
    });
  }
  if (text.trim() === '' || text.length > messageLengthMax) {
    throw refused(
      'message-invalid',
      `The message has ${text.length} characters; 1 to ${messageLengthMax} are allowed, and not only spaces.`,
    );
  }
  if (messages.length >= messagesMax) {
    throw refused('message-not-possible', `Task ${found.key} has been told ${messagesMax} things, and takes no more.`);
  }
  const draft = set.editGoal(tenantId, goalId);
  const task = set.editTask(goalId, found.no);
  task.messages = [...messages, { messageId, text, by, at: set.now }];
  set.emit(draft, { type: 'message-received', taskNo: task.no, data: { key: task.key, by } });
  return { goal: draft };
}
