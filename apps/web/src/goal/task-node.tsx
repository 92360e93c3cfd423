import type { Task } from '@chorale/lib-client';
import type { Node, NodeProps } from '@xyflow/react';
import { Handle, Position } from '@xyflow/react';
import type { KeyboardEvent, ReactNode } from 'react';
import { memo } from 'react';
import { StateMark } from '../status/state-mark.tsx';
import { styleOfTask } from '../status/tone.ts';
import { classNames } from '../ui/class-names.ts';
import { Took, Until } from '../ui/time.tsx';
import type { Direction } from './graph-layout.ts';
import { itemRows, itemsPerRow } from './graph-model.ts';
import { doerOf, nameOf, sayItems } from './task-words.ts';
import styles from './task-node.module.css';

export interface TaskNodeData extends Record<string, unknown> {
  readonly task: Task;
  readonly items: readonly Task[];
  readonly chosen: boolean;
  /** Neither needs nor is needed by the chosen task. */
  readonly dimmed: boolean;
  /** Where Tab enters the graph when nothing is chosen. */
  readonly entry: boolean;
  readonly onMove: (from: number, to: Direction) => void;
}

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

export const TaskNode = memo(function TaskNode({ data }: NodeProps<Node<TaskNodeData>>): ReactNode {
  const { task, items, chosen, dimmed, entry, onMove } = data;
  const style = styleOfTask(task);
  const onKeyDown = (event: KeyboardEvent): void => {
    const direction = directions[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    onMove(task.no, direction);
  };
  return (
    <>
      <Handle type="target" position={Position.Left} className={styles.handle} isConnectable={false} />
      <button
        type="button"
        data-task={task.no}
        tabIndex={chosen || entry ? 0 : -1}
        aria-pressed={chosen}
        onKeyDown={onKeyDown}
        className={classNames(
          styles.node,
          styles[style.tone],
          chosen && styles.chosen,
          dimmed && styles.dimmed,
          items.length > 0 && styles.group,
        )}
      >
        <span className={styles.head}>
          <StateMark style={style} size={15} named />
          <span className={styles.name}>{nameOf(task)}</span>
        </span>
        <span className={styles.meta}>
          <span className={styles.doer}>{items.length === 0 ? doerOf(task) : sayItems(items)}</span>
          <span className={styles.time}>
            <TaskTime task={task} />
          </span>
        </span>
        {items.length === 0 ? null : <ItemMarks items={items} />}
      </button>
      <Handle type="source" position={Position.Right} className={styles.handle} isConnectable={false} />
    </>
  );
});

function TaskTime({ task }: { readonly task: Task }): ReactNode {
  if (task.state === 'sleeping' && task.wakeAt !== undefined) return <Until at={task.wakeAt} />;
  if (task.startedAt === undefined) return null;
  if (task.state === 'running') return <Took from={task.startedAt} to={undefined} />;
  return task.finishedAt === undefined ? null : <Took from={task.startedAt} to={task.finishedAt} />;
}

/** One mark for each item in the colour of its state; when there are too many, each mark stands for several. */
function ItemMarks({ items }: { readonly items: readonly Task[] }): ReactNode {
  const places = itemRows(items.length) * itemsPerRow;
  const perMark = Math.max(1, Math.ceil(items.length / places));
  const marks = Array.from({ length: Math.ceil(items.length / perMark) }, (_unused, index) =>
    worstOf(items.slice(index * perMark, (index + 1) * perMark)),
  );
  return (
    <span className={styles.items} aria-hidden="true">
      {marks.map((item, index) => (
        <span
          key={index}
          className={classNames(
            styles.item,
            styles[`item-${styleOfTask(item).tone}`],
            item.state === 'running' && styles.itemRuns,
          )}
        />
      ))}
    </span>
  );
}

const urgency: readonly Task['state'][] = ['failed', 'blocked', 'running'];

function worstOf(items: readonly Task[]): Task {
  for (const state of urgency) {
    const found = items.find((item) => item.state === state);
    if (found !== undefined) return found;
  }
  return items.find((item) => item.state !== 'succeeded') ?? (items[0] as Task);
}
