import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { putGoal } from '../data/live-updates.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../ui/dialog.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import type { TaskDialogProps } from './retry-dialog.tsx';
import { nameOf } from './task-words.ts';

/** Skipping changes the plan, so it needs a reason, which the plan's versions keep. */
export function SkipDialog({ goal, task, onClose }: TaskDialogProps): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [reason, setReason] = useState('');
  const skip = useMutation({
    mutationFn: () =>
      client.changePlan(goal.goalId, {
        changes: [{ change: 'skip', key: task.key }],
        reason: reason.trim(),
        expectedPlanVersion: goal.planVersion,
      }),
    onSuccess: (changed) => {
      putGoal(cache, changed);
      onClose();
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Skip “${nameOf(task)}”?`}
      description="It will not be done. Tasks that need it are skipped too, unless they have a condition of their own."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          skip.mutate();
        }}
      >
        <DialogBody>
          <Field label="Reason" hint="Kept with the new version of the plan.">
            {(control) => (
              <TextInput {...control} required value={reason} onChange={(event) => setReason(event.target.value)} />
            )}
          </Field>
          {skip.isError ? <ProblemNotice error={skip.error} what="The task was not skipped" /> : null}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          <Button look="primary" type="submit" disabled={skip.isPending || reason.trim() === ''}>
            Skip task
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
