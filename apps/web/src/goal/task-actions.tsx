import type { Goal, Task } from '@chorale/lib-client';
import { isTaskEnded } from '@chorale/lib-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import type { Command } from '../app/commands.tsx';
import { useCommands } from '../app/commands.tsx';
import { useClient } from '../data/backend.tsx';
import { putGoal } from '../data/live-updates.ts';
import { stepsQuery } from '../data/queries.ts';
import { Button } from '../ui/button.tsx';
import { MessageIcon, PlayIcon, RetryIcon, SkipIcon } from '../ui/icons.tsx';
import { sayDone, sayFailed } from '../ui/toasts.tsx';
import { MessageDialog } from './message-dialog.tsx';
import { RetryDialog } from './retry-dialog.tsx';
import { SignalDialog } from './signal-dialog.tsx';
import { SkipDialog } from './skip-dialog.tsx';
import { hasSession } from './step-words.ts';
import styles from './task-actions.module.css';

type Asking = 'retry' | 'skip' | 'signal' | 'message';

/** What a person can do with this task now; for one that is under way, no more than speak to its agent. */
export function TaskActions({ goal, task }: { readonly goal: Goal; readonly task: Task }): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [asking, setAsking] = useState<Asking | undefined>();
  const again = useMutation({
    mutationFn: (how: 'retry' | 'rerun') =>
      how === 'retry' ? client.retryTask(goal.goalId, task.key) : client.rerunFromTask(goal.goalId, task.key),
    onSuccess: (changed) => {
      putGoal(cache, changed);
      sayDone(`“${task.title ?? task.key}” is tried again`);
    },
    onError: (error) => sayFailed('The task was not tried again', error),
  });
  const steps = useQuery({
    ...stepsQuery(client, goal.goalId, { taskNo: task.no, run: task.run }),
    enabled: task.kind === 'agent' && task.attempt > 0,
  });
  const commands = commandsFor(task, {
    again: (how) => again.mutate(how),
    ask: setAsking,
    listens: hasSession(steps.data),
  });
  useCommands(commands);
  if (commands.length === 0) return null;
  const close = (): void => setAsking(undefined);
  return (
    <fieldset className={styles.actions} aria-label="Actions on this task">
      {commands.map(({ id, title, icon, keys, run }) => (
        <Button
          key={id}
          icon={icon}
          onClick={run}
          disabled={again.isPending}
          {...(keys === undefined ? {} : { keys, 'aria-keyshortcuts': keys })}
        >
          {title}
        </Button>
      ))}
      {asking === 'retry' ? <RetryDialog goal={goal} task={task} onClose={close} /> : null}
      {asking === 'skip' ? <SkipDialog goal={goal} task={task} onClose={close} /> : null}
      {asking === 'message' ? <MessageDialog goal={goal} task={task} onClose={close} /> : null}
      {asking === 'signal' ? <SignalDialog goal={goal} task={task} onClose={close} /> : null}
    </fieldset>
  );
}

interface Handlers {
  readonly again: (how: 'retry' | 'rerun') => void;
  readonly ask: (asking: Asking) => void;
  /** An agent that thinks works on it, and hears what it is told. */
  readonly listens: boolean;
}

function commandsFor(task: Task, { again, ask, listens }: Handlers): readonly Command[] {
  const group = 'This task';
  const commands: Command[] = [];
  if (task.state === 'failed' || task.state === 'cancelled') {
    commands.push({
      id: 'task.retry',
      title: 'Retry',
      group,
      keys: 'r',
      icon: <RetryIcon size={14} />,
      run: () => again('retry'),
    });
    commands.push({
      id: 'task.retry-edited',
      title: 'Retry with edited input…',
      group,
      keys: 'e',
      icon: <RetryIcon size={14} />,
      run: () => ask('retry'),
    });
  }
  if (task.state === 'succeeded' && task.parentNo === undefined) {
    commands.push({
      id: 'task.rerun',
      title: 'Run again from here',
      group,
      icon: <RetryIcon size={14} />,
      run: () => again('rerun'),
    });
  }
  if (task.state === 'blocked' && task.reason === 'signal') {
    commands.push({
      id: 'task.signal',
      title: 'Send the signal…',
      group,
      icon: <PlayIcon size={14} />,
      run: () => ask('signal'),
    });
  }
  if (listens && !isTaskEnded(task.state)) {
    commands.push({
      id: 'task.message',
      title: 'Message the agent…',
      group,
      keys: 'm',
      icon: <MessageIcon size={14} />,
      run: () => ask('message'),
    });
  }
  if (!isTaskEnded(task.state) && task.state !== 'running' && task.parentNo === undefined) {
    commands.push({ id: 'task.skip', title: 'Skip…', group, icon: <SkipIcon size={14} />, run: () => ask('skip') });
  }
  return commands;
}
