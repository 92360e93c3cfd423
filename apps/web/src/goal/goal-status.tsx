import type { Goal, Task } from '@chorale/lib-client';
import { isGoalEnded } from '@chorale/lib-client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { explanationQuery, tasksQuery } from '../data/queries.ts';
import { isHalted, progressOf } from '../goals/progress-of.ts';
import { StateLabel } from '../status/state-mark.tsx';
import { styleOfGoal, waitsForPerson } from '../status/tone.ts';
import { Button } from '../ui/button.tsx';
import { countOf, formatInstant } from '../ui/format.ts';
import { Progress } from '../ui/progress.tsx';
import { Age, Took } from '../ui/time.tsx';
import { FailureNotice } from './failure-notice.tsx';
import styles from './goal-status.module.css';
import { sayStates } from './task-words.ts';

interface GoalStatusProps {
  readonly goal: Goal;
  readonly onSelectTask: (taskNo: number) => void;
}

/** Where the goal stands: its state, in words why, and how far it has come. */
export function GoalStatus({ goal, onSelectTask }: GoalStatusProps): ReactNode {
  const client = useClient();
  const { data: explanation } = useQuery(explanationQuery(client, goal.goalId));
  const { data: tasks } = useQuery(tasksQuery(client, goal.goalId));
  const asks = tasks?.some(waitsForPerson) ?? false;
  return (
    <div className={styles.status}>
      <div className={styles.line}>
        <StateLabel style={styleOfGoal(goal, asks)} />
        <p className={styles.why}>{goal.failure === undefined ? explanation?.summary : ''}</p>
        <Facts goal={goal} />
      </div>
      <HowFar goal={goal} tasks={tasks} />
      {goal.failure === undefined ? null : (
        <GoalFailure failure={goal.failure} tasks={tasks} onSelectTask={onSelectTask} />
      )}
    </div>
  );
}

function Facts({ goal }: { readonly goal: Goal }): ReactNode {
  return (
    <p className={styles.facts}>
      <span>{goal.workflow}</span>
      <span>
        started <Age at={goal.createdAt} /> ago by {goal.requestedBy}
      </span>
      <span>
        {isGoalEnded(goal.state) ? 'took ' : 'for '}
        <Took from={goal.createdAt} to={goal.finishedAt} />
      </span>
      {goal.deadlineAt === undefined ? null : <span>due {formatInstant(goal.deadlineAt)}</span>}
      {goal.parentGoalId === undefined ? null : (
        <Link to="/goals/$goalId" params={{ goalId: goal.parentGoalId }} className={styles.link}>
          part of a larger goal
        </Link>
      )}
    </p>
  );
}

function HowFar({ goal, tasks }: { readonly goal: Goal; readonly tasks: readonly Task[] | undefined }): ReactNode {
  const { total, done, failed, running } = progressOf(goal);
  const halted = isHalted(goal.state);
  const succeeded = tasks?.filter(({ state }) => state === 'succeeded').length ?? done;
  const parts = [
    `${done} of ${countOf(total, 'task')} done`,
    ...(running > 0 ? [`${running} running`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return (
    <div className={styles.progress}>
      <Progress wide total={total} done={halted ? succeeded : done} failed={failed} running={running} />
      <span className={styles.count}>{halted && tasks !== undefined ? sayStates(tasks) : parts.join(' · ')}</span>
    </div>
  );
}

interface GoalFailureProps {
  readonly failure: NonNullable<Goal['failure']>;
  readonly tasks: readonly Task[] | undefined;
  readonly onSelectTask: (taskNo: number) => void;
}

function GoalFailure({ failure, tasks, onSelectTask }: GoalFailureProps): ReactNode {
  const task = tasks?.find(({ key }) => key === failure.taskKey);
  return (
    <FailureNotice failure={failure} where={task?.title ?? failure.taskKey}>
      {task === undefined ? null : <Button onClick={() => onSelectTask(task.no)}>Show the task</Button>}
    </FailureNotice>
  );
}
