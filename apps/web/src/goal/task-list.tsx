import type { Task } from '@chorale/lib-client';
import type { KeyboardEvent, ReactNode } from 'react';
import { useMemo, useRef, useState } from 'react';
import { StateLabel } from '../status/state-mark.tsx';
import { styleOfTask } from '../status/tone.ts';
import { classNames } from '../ui/class-names.ts';
import { ChevronDownIcon, ChevronRightIcon } from '../ui/icons.tsx';
import { Took, Until } from '../ui/time.tsx';
import { useVirtualRows } from '../ui/use-virtual-rows.ts';
import { buildGraph } from './graph-model.ts';
import styles from './task-list.module.css';
import { doerOf, nameOf, sayItems } from './task-words.ts';

interface TaskListProps {
  readonly tasks: readonly Task[];
  readonly selected: number | undefined;
  readonly onSelect: (taskNo: number) => void;
}

interface Row {
  readonly task: Task;
  readonly items: readonly Task[];
}

const rowHeightPx = 36;

/** The plan as rows in the order of the plan; the items of a for_each unfold under it. */
export function TaskList({ tasks, selected, onSelect }: TaskListProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const rows = useMemo(() => rowsOf(tasks, unfolded), [tasks, unfolded]);
  const {
    rows: places,
    heightPx,
    virtualizer,
  } = useVirtualRows({ count: rows.length, scroller, rowHeightPx, beyond: 12 });
  const fold = (no: number): void => {
    const next = new Set(unfolded);
    if (!next.delete(no)) next.add(no);
    setUnfolded(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const at = Number((event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset.index ?? Number.NaN);
    const next = at + step;
    if (step === 0 || Number.isNaN(at) || next < 0 || next >= rows.length) return;
    event.preventDefault();
    virtualizer.scrollToIndex(next);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"] [data-open]`)?.focus(),
    );
  };
  return (
    <div ref={scroller} className={styles.scroller}>
      <ul className={styles.list} aria-label="Tasks" style={{ height: heightPx }}>
        {places.map((place) => {
          const row = rows[place.index];
          return row === undefined ? null : (
            <li
              key={row.task.no}
              data-index={place.index}
              className={styles.item}
              style={{ transform: `translateY(${place.start}px)`, height: place.size }}
            >
              <TaskRow
                row={row}
                chosen={row.task.no === selected}
                onSelect={onSelect}
                onKeyDown={onKeyDown}
                fold={
                  row.items.length === 0
                    ? undefined
                    : { open: unfolded.has(row.task.no), onToggle: () => fold(row.task.no) }
                }
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

interface TaskRowProps {
  readonly row: Row;
  readonly chosen: boolean;
  readonly onSelect: (taskNo: number) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly fold: { readonly open: boolean; readonly onToggle: () => void } | undefined;
}

function TaskRow({ row: { task, items }, chosen, onSelect, onKeyDown, fold }: TaskRowProps): ReactNode {
  return (
    <div className={classNames(styles.row, chosen && styles.chosen, task.parentNo !== undefined && styles.nested)}>
      {fold === undefined ? (
        <span />
      ) : (
        <button
          type="button"
          className={styles.fold}
          aria-expanded={fold.open}
          aria-label={`Items of ${nameOf(task)}`}
          onClick={fold.onToggle}
        >
          {fold.open ? <ChevronDownIcon size={12} /> : <ChevronRightIcon size={12} />}
        </button>
      )}
      <button
        type="button"
        data-open
        className={styles.open}
        aria-pressed={chosen}
        onClick={() => onSelect(task.no)}
        onKeyDown={onKeyDown}
      >
        <span className={styles.name}>{nameOf(task)}</span>
        <span className={styles.items}>{items.length === 0 ? null : sayItems(items)}</span>
        <span className={styles.doer}>{doerOf(task)}</span>
        <span className={styles.state}>
          <StateLabel style={styleOfTask(task)} />
        </span>
        <span className={styles.time}>
          {task.state === 'sleeping' && task.wakeAt !== undefined ? <Until at={task.wakeAt} /> : null}
          {task.startedAt !== undefined && task.state !== 'sleeping' ? (
            <Took
              from={task.startedAt}
              to={task.state === 'running' ? undefined : (task.finishedAt ?? task.startedAt)}
            />
          ) : null}
        </span>
      </button>
    </div>
  );
}

function rowsOf(tasks: readonly Task[], unfolded: ReadonlySet<number>): readonly Row[] {
  return buildGraph(tasks).nodes.flatMap((node) => [
    node,
    ...(unfolded.has(node.task.no) ? node.items.map((task) => ({ task, items: [] })) : []),
  ]);
}
