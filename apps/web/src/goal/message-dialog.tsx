import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { putGoal } from '../data/live-updates.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../ui/dialog.tsx';
import { Field, TextArea } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { sayDone } from '../ui/toasts.tsx';
import type { TaskDialogProps } from './retry-dialog.tsx';
import { nameOf } from './task-words.ts';

/** Not `randomUUID`, which pages get only where the connection is secure. */
function makeMessageId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `msg_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Says something to the agent that works on the task. */
export function MessageDialog({ goal, task, onClose }: TaskDialogProps): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [text, setText] = useState('');
  // The same for every try to send it, so that it is heard once however often it is sent.
  const [messageId] = useState(makeMessageId);
  const send = useMutation({
    mutationFn: () => client.sendMessage(goal.goalId, task.key, { text: text.trim(), messageId }),
    onSuccess: (changed) => {
      putGoal(cache, changed);
      sayDone(`${task.agent ?? 'The agent'} hears it in its next turn`);
      onClose();
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Message to ${task.agent ?? 'the agent'}`}
      description={`It works on “${nameOf(task)}”, and hears you before its next answer.`}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate();
        }}
      >
        <DialogBody>
          <Field label="Message">
            {(control) => (
              <TextArea {...control} rows={4} value={text} onChange={(event) => setText(event.target.value)} />
            )}
          </Field>
          {send.isError ? <ProblemNotice error={send.error} what="The message was not sent" /> : null}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          <Button look="primary" type="submit" disabled={send.isPending || text.trim() === ''}>
            Send
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
