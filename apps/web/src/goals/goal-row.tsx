import type { Goal } from '@chorale/lib-client';
import { isGoalEnded } from '@chorale/lib-client';
import { Link } from '@tanstack/react-router';
import type { KeyboardEvent, ReactNode } from 'react';
import { StateMark } from '../status/state-mark.tsx';
import { styleOfGoal } from '../status/tone.ts';
import { Progress } from '../ui/progress.tsx';
import { Age, Took, Until } from '../ui/time.tsx';
import { Unseen } from '../ui/unseen.tsx';
import styles from './goal-row.module.css';
import { isHalted, progressOf } from './progress-of.ts';

interface GoalRowProps {
  readonly goal: Goal;
  readonly asks: boolean;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

export function GoalRow({ goal, asks, onKeyDown }: GoalRowProps): ReactNode {
  const progress = progressOf(goal);
  return (
    <Link to="/goals/$goalId" params={{ goalId: goal.goalId }} className={styles.row} onKeyDown={onKeyDown}>
      <StateMark style={styleOfGoal(goal, asks)} named />
      <span className={styles.title}>
        <span className={styles.name}>{goal.title}</span>
        {asks ? <span className={styles.asks}>Needs you</span> : null}
        {goal.depth > 0 ? <span className={styles.tag}>sub-goal</span> : null}
        {goal.state === 'failed' && goal.failure !== undefined ? (
          <span className={styles.failure}>{goal.failure.message}</span>
        ) : null}
      </span>
      <span className={styles.workflow}>{goal.workflow}</span>
      <span className={styles.progress}>
        <Progress
          total={progress.total}
          done={progress.done}
          failed={progress.failed}
          running={progress.running}
          halted={isHalted(goal.state)}
        />
        <span className={styles.count}>
          {progress.done + progress.failed}/{progress.total}
          <Unseen> tasks ended</Unseen>
        </span>
      </span>
      <span className={styles.took}>
        {goal.state === 'scheduled' && goal.startAt !== undefined ? (
          <Until at={goal.startAt} />
        ) : (
          <Took from={goal.createdAt} to={isGoalEnded(goal.state) ? (goal.finishedAt ?? goal.createdAt) : undefined} />
        )}
      </span>
      <span className={styles.age}>
        <Age at={goal.createdAt} />
      </span>
    </Link>
  );
}
