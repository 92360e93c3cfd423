import type { Json } from '@chorale/lib-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { putGoal } from '../data/live-updates.ts';
import { parseJson } from '../goals/goal-inputs.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../ui/dialog.tsx';
import { Field, TextArea } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import type { TaskDialogProps } from './retry-dialog.tsx';
import { nameOf } from './task-words.ts';

/** Gives a task that waits for a signal what it waits for. */
export function SignalDialog({ goal, task, onClose }: TaskDialogProps): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [text, setText] = useState('{}');
  const read = parseJson(text);
  const send = useMutation({
    mutationFn: (payload: Json) => client.sendSignal(goal.goalId, task.key, payload),
    onSuccess: (changed) => {
      putGoal(cache, changed);
      onClose();
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Send the signal “${nameOf(task)}”`}
      description="What you send becomes the task's output."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if ('value' in read) send.mutate(read.value);
        }}
      >
        <DialogBody>
          <Field label="Content" error={'error' in read ? read.error : undefined} hint="JSON.">
            {(control) => (
              <TextArea
                {...control}
                code
                rows={6}
                spellCheck={false}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
          {send.isError ? <ProblemNotice error={send.error} what="The signal was not sent" /> : null}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          <Button look="primary" type="submit" disabled={send.isPending || 'error' in read}>
            Send
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
