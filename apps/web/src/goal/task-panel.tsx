import type { Goal, Task } from '@chorale/lib-client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { useCommands } from '../app/commands.tsx';
import { ApprovalCard } from '../approvals/approval-card.tsx';
import { useClient } from '../data/backend.tsx';
import { explanationQuery, goalApprovalsQuery, planQuery, tasksQuery } from '../data/queries.ts';
import { StateLabel } from '../status/state-mark.tsx';
import { styleOfTask } from '../status/tone.ts';
import { IconButton } from '../ui/button.tsx';
import { CloseIcon } from '../ui/icons.tsx';
import { JsonView } from '../ui/json-view.tsx';
import { ScrollRegion } from '../ui/scroll-region.tsx';
import { FailureNotice } from './failure-notice.tsx';
import { TaskActions } from './task-actions.tsx';
import { TaskFacts } from './task-facts.tsx';
import { TaskItems } from './task-items.tsx';
import { TaskJournal } from './task-journal.tsx';
import { TaskLiveText } from './task-live-text.tsx';
import styles from './task-panel.module.css';
import { nameOf, sayReason } from './task-words.ts';

interface TaskPanelProps {
  readonly goal: Goal;
  readonly taskNo: number;
  readonly onSelect: (taskNo: number | undefined) => void;
}

/** Everything about one task, beside the view it was chosen in. Escape closes it. */
export function TaskPanel({ goal, taskNo, onSelect }: TaskPanelProps): ReactNode {
  const tasks = useQuery(tasksQuery(useClient(), goal.goalId));
  const task = tasks.data?.find(({ no }) => no === taskNo);
  useCommands([
    {
      id: 'task.close',
      title: 'Close the task',
      group: 'This task',
      keys: 'escape',
      run: () => close(taskNo, onSelect),
    },
  ]);
  return (
    <aside className={styles.panel} aria-label="Task">
      <header className={styles.header}>
        <h2 className={styles.title} title={task?.key}>
          {task === undefined ? `Task ${taskNo}` : nameOf(task)}
        </h2>
        <IconButton label="Close" keys="escape" onClick={() => close(taskNo, onSelect)}>
          <CloseIcon />
        </IconButton>
      </header>
      {task === undefined ? (
        <p className={styles.missing}>
          {tasks.data === undefined ? 'Reading the task…' : 'This goal has no such task.'}
        </p>
      ) : (
        <TaskBody goal={goal} task={task} tasks={tasks.data ?? []} onSelect={onSelect} />
      )}
    </aside>
  );
}

/** Closes, and gives the focus back to the task in the graph or list. */
function close(taskNo: number, onSelect: (taskNo: undefined) => void): void {
  onSelect(undefined);
  document.querySelector<HTMLElement>(`[data-task="${taskNo}"]`)?.focus({ preventScroll: true });
}

interface TaskBodyProps {
  readonly goal: Goal;
  readonly task: Task;
  readonly tasks: readonly Task[];
  readonly onSelect: (taskNo: number) => void;
}

function TaskBody({ goal, task, tasks, onSelect }: TaskBodyProps): ReactNode {
  const client = useClient();
  const { data: explanation } = useQuery(explanationQuery(client, goal.goalId));
  const { data: approvals } = useQuery(goalApprovalsQuery(client, goal.goalId));
  const items = useMemo(() => tasks.filter(({ parentNo }) => parentNo === task.no), [tasks, task.no]);
  const failed = task.failure !== undefined && task.state !== 'succeeded';
  const sentence = explanation?.tasks.find(({ no }) => no === task.no)?.sentence;
  const asked = approvals?.filter((approval) => approval.taskNo === task.no) ?? [];
  return (
    <ScrollRegion label="About this task" className={styles.body}>
      <div className={styles.state}>
        <StateLabel style={styleOfTask(task)} />
        {failed ? null : (
          <p className={styles.why}>{sentence ?? (task.reason === undefined ? '' : `It ${sayReason(task.reason)}.`)}</p>
        )}
      </div>
      {failed && task.failure !== undefined ? <FailureNotice failure={task.failure} /> : null}
      {asked.map((approval) => (
        <ApprovalCard key={approval.approvalId} approval={approval} />
      ))}
      <TaskActions goal={goal} task={task} />
      <TaskFacts goal={goal} task={task} tasks={tasks} onSelect={onSelect} />
      {items.length === 0 ? null : <TaskItems items={items} onSelect={onSelect} />}
      <TaskValues goalId={goal.goalId} task={task} />
      <TaskLiveText goalId={goal.goalId} task={task} />
      <TaskJournal goalId={goal.goalId} task={task} />
    </ScrollRegion>
  );
}

/** What went in and what came out. */
function TaskValues({ goalId, task }: { readonly goalId: string; readonly task: Task }): ReactNode {
  const { data: plan } = useQuery(planQuery(useClient(), goalId));
  const input = task.inputOverride ?? plan?.definition.tasks[task.definitionNo]?.with;
  return (
    <>
      {task.item === undefined ? null : (
        <Section title="Item">
          <JsonView value={task.item} label="Item" />
        </Section>
      )}
      {input === undefined ? null : (
        <Section title={task.inputOverride === undefined ? 'Input, as the plan gives it' : 'Input, edited by hand'}>
          <JsonView value={input} label="Input" />
        </Section>
      )}
      {task.output === undefined ? null : (
        <Section title="Output">
          <JsonView value={task.output} label="Output" />
        </Section>
      )}
    </>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section className={styles.section}>
      <h3 className={styles.sectionTitle}>{title}</h3>
      {children}
    </section>
  );
}
