import type { Artifact, Goal, Task } from '@chorale/lib-client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { artifactsQuery } from '../data/queries.ts';
import { StateMark } from '../status/state-mark.tsx';
import { styleOfTask } from '../status/tone.ts';
import { formatBytes } from '../ui/format.ts';
import { Took, Until } from '../ui/time.tsx';
import styles from './task-facts.module.css';
import { doerOf, nameOf } from './task-words.ts';

interface TaskFactsProps {
  readonly goal: Goal;
  readonly task: Task;
  readonly tasks: readonly Task[];
  readonly onSelect: (taskNo: number) => void;
}

export function TaskFacts({ goal, task, tasks, onSelect }: TaskFactsProps): ReactNode {
  const { data: artifacts } = useQuery(artifactsQuery(useClient(), goal.goalId));
  const files = artifacts?.filter(({ taskNo }) => taskNo === task.no) ?? [];
  const parent = tasks.find(({ no }) => no === task.parentNo);
  const needs = tasks.filter(({ key, parentNo }) => parentNo === undefined && task.needs.includes(key));
  const neededBy = tasks.filter((other) => other.parentNo === undefined && other.needs.includes(task.key));
  return (
    <dl className={styles.facts}>
      <Fact name="Done by">
        {doerOf(task)}
        {task.skill === undefined ? '' : ` with ${task.skill}`}
      </Fact>
      {parent === undefined ? null : (
        <Fact name="Item of">
          <TaskLinks tasks={[parent]} onSelect={onSelect} />
        </Fact>
      )}
      {needs.length === 0 ? null : (
        <Fact name="Needs">
          <TaskLinks tasks={needs} onSelect={onSelect} />
        </Fact>
      )}
      {neededBy.length === 0 ? null : (
        <Fact name="Needed by">
          <TaskLinks tasks={neededBy} onSelect={onSelect} />
        </Fact>
      )}
      {task.reason === 'sub-goal' && task.waitsFor !== undefined ? (
        <Fact name="Sub-goal">
          <Link to="/goals/$goalId" params={{ goalId: task.waitsFor }} className={styles.link}>
            {task.waitsFor}
          </Link>
        </Fact>
      ) : null}
      {task.wakeAt === undefined || task.state !== 'sleeping' ? null : (
        <Fact name="Goes on">
          <Until at={task.wakeAt} />
        </Fact>
      )}
      {task.startedAt === undefined ? null : (
        <Fact name={task.finishedAt === undefined ? 'Running for' : 'Took'}>
          <Took from={task.startedAt} to={task.finishedAt} />
        </Fact>
      )}
      {task.attempt === 0 ? null : (
        <Fact name="Attempt">
          {task.attempt}
          {task.run > 1 ? `, run ${task.run}` : ''}
        </Fact>
      )}
      {task.workerId === undefined ? null : <Fact name="Worker">{task.workerId}</Fact>}
      {files.length === 0 ? null : (
        <Fact name="Files">
          <FileLinks files={files} />
        </Fact>
      )}
    </dl>
  );
}

function FileLinks({ files }: { readonly files: readonly Artifact[] }): ReactNode {
  return (
    <ul className={styles.links}>
      {files.map((file) => (
        <li key={`${file.attempt}-${file.name}`}>
          <Link
            from="/goals/$goalId"
            search={(previous) => ({ ...previous, tab: 'files' as const, file: file.name })}
            className={styles.link}
          >
            {file.name}
          </Link>{' '}
          <span className={styles.size}>{formatBytes(file.sizeBytes)}</span>
        </li>
      ))}
    </ul>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function TaskLinks({
  tasks,
  onSelect,
}: {
  readonly tasks: readonly Task[];
  readonly onSelect: (taskNo: number) => void;
}): ReactNode {
  return (
    <ul className={styles.links}>
      {tasks.map((task) => (
        <li key={task.no}>
          <button type="button" className={styles.task} onClick={() => onSelect(task.no)}>
            <StateMark style={styleOfTask(task)} size={12} named />
            {nameOf(task)}
          </button>
        </li>
      ))}
    </ul>
  );
}
