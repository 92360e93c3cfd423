import type { Goal } from '@chorale/lib-client';
import { isGoalEnded } from '@chorale/lib-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import type { Command } from '../app/commands.tsx';
import { useCommands } from '../app/commands.tsx';
import { useClient } from '../data/backend.tsx';
import { putGoal } from '../data/live-updates.ts';
import { Button } from '../ui/button.tsx';
import { PauseIcon, PlayIcon, PlusIcon, StopIcon } from '../ui/icons.tsx';
import { sayFailed } from '../ui/toasts.tsx';
import { CancelDialog } from './cancel-dialog.tsx';

type Verb = 'pause' | 'resume';

/** What a person can do with the goal now. The rows decide: nothing is shown as done before the server says so. */
export function GoalActions({ goal }: { readonly goal: Goal }): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [cancelling, setCancelling] = useState(false);
  const change = useMutation({
    mutationFn: (verb: Verb) => (verb === 'pause' ? client.pauseGoal(goal.goalId) : client.resumeGoal(goal.goalId)),
    onSuccess: (changed) => putGoal(cache, changed),
    onError: (error, verb) => sayFailed(`The goal was not ${verb}d`, error),
  });
  const commands = commandsFor(goal, {
    change: (verb) => change.mutate(verb),
    cancel: () => setCancelling(true),
    again: () => void navigate({ to: '.', search: (previous) => ({ ...previous, new: goal.workflow }) }),
  });
  useCommands(commands);
  return (
    <>
      {commands.map(({ id, title, icon, keys, run }) => (
        <Button
          key={id}
          icon={icon}
          onClick={run}
          disabled={change.isPending}
          {...(keys === undefined ? {} : { keys, 'aria-keyshortcuts': keys.replace('shift', 'Shift') })}
        >
          {title}
        </Button>
      ))}
      <CancelDialog goal={goal} open={cancelling} onClose={() => setCancelling(false)} />
    </>
  );
}

interface Handlers {
  readonly change: (verb: Verb) => void;
  readonly cancel: () => void;
  readonly again: () => void;
}

function commandsFor({ state }: Goal, { change, cancel, again }: Handlers): readonly Command[] {
  const group = 'This goal';
  const commands: Command[] = [];
  if (state === 'running' || state === 'scheduled') {
    const run = (): void => change('pause');
    commands.push({ id: 'goal.pause', title: 'Pause', group, keys: 'p', icon: <PauseIcon size={14} />, run });
  }
  if (state === 'paused') {
    const run = (): void => change('resume');
    commands.push({ id: 'goal.resume', title: 'Resume', group, keys: 'p', icon: <PlayIcon size={14} />, run });
  }
  if (!isGoalEnded(state) && state !== 'cancelling') {
    const icon = <StopIcon size={14} />;
    commands.push({ id: 'goal.cancel', title: 'Cancel…', group, keys: 'shift+x', icon, run: cancel });
  }
  if (isGoalEnded(state)) {
    commands.push({ id: 'goal.again', title: 'Start another', group, icon: <PlusIcon size={14} />, run: again });
  }
  return commands;
}
