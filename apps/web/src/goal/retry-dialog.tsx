import type { Goal, Json, Task } from '@chorale/lib-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { putGoal } from '../data/live-updates.ts';
import { planQuery } from '../data/queries.ts';
import { parseJson } from '../goals/goal-inputs.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../ui/dialog.tsx';
import { Field, TextArea } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { nameOf } from './task-words.ts';

export interface TaskDialogProps {
  readonly goal: Goal;
  readonly task: Task;
  readonly onClose: () => void;
}

/** Tries a task again with another input than the plan gives it. */
export function RetryDialog({ goal, task, onClose }: TaskDialogProps): ReactNode {
  const plan = useQuery(planQuery(useClient(), goal.goalId));
  const input = task.inputOverride ?? plan.data?.definition.tasks[task.definitionNo]?.with ?? {};
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`Retry “${nameOf(task)}”`}
      description="The task runs once more with the input below. Tasks that need it go on when it succeeds."
    >
      {plan.isPending ? (
        <DialogBody>Reading the input…</DialogBody>
      ) : (
        <RetryForm goal={goal} task={task} onClose={onClose} input={input} />
      )}
    </Dialog>
  );
}

function RetryForm({ goal, task, onClose, input }: TaskDialogProps & { readonly input: Json }): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [text, setText] = useState(() => JSON.stringify(input, undefined, 2));
  const read = parseJson(text);
  const retry = useMutation({
    mutationFn: (edited: Json) => client.retryTask(goal.goalId, task.key, { input: edited }),
    onSuccess: (changed) => {
      putGoal(cache, changed);
      onClose();
    },
  });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if ('value' in read) retry.mutate(read.value);
  };
  return (
    <form onSubmit={onSubmit} noValidate>
      <DialogBody>
        <Field
          label="Input"
          error={'error' in read ? read.error : undefined}
          hint="JSON; expressions such as ${{ inputs.path }} are resolved as in the workflow."
        >
          {(control) => (
            <TextArea
              {...control}
              code
              rows={12}
              spellCheck={false}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        {retry.isError ? <ProblemNotice error={retry.error} what="The task was not tried again" /> : null}
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        <Button look="primary" type="submit" disabled={retry.isPending || 'error' in read}>
          Retry
        </Button>
      </DialogActions>
    </form>
  );
}
