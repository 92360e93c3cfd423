import type { Goal } from '@chorale/lib-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { putGoal } from '../data/live-updates.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../ui/dialog.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { countOf } from '../ui/format.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';

interface CancelDialogProps {
  readonly goal: Goal;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Cancelling cannot be taken back, so it is asked twice. */
export function CancelDialog({ goal, open, onClose }: CancelDialogProps): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [reason, setReason] = useState('');
  const cancel = useMutation({
    mutationFn: () => client.cancelGoal(goal.goalId, reason.trim() === '' ? {} : { reason: reason.trim() }),
    onSuccess: (changed) => {
      putGoal(cache, changed);
      onClose();
    },
  });
  const running =
    goal.tasksRunning === 0 ? '' : ` ${countOf(goal.tasksRunning, 'running task')} will be asked to stop.`;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Cancel “${goal.title}”?`}
      description={`What is finished stays. ${countOf(goal.tasksOpen, 'open task')} will not be done.${running}`}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          cancel.mutate();
        }}
      >
        <DialogBody>
          <Field label="Reason" optional>
            {(control) => <TextInput {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
          </Field>
          {cancel.isError ? <ProblemNotice error={cancel.error} what="The goal was not cancelled" /> : null}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" type="submit" disabled={cancel.isPending}>
            {cancel.isPending ? 'Cancelling…' : 'Cancel goal'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
