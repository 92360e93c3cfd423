import type { Goal } from '@chorale/lib-client';
import type { KeyboardEvent, ReactNode } from 'react';
import { useCallback, useEffect, useRef } from 'react';
import { useCommands } from '../app/commands.tsx';
import { useVirtualRows } from '../ui/use-virtual-rows.ts';
import styles from './goal-list.module.css';
import { GoalRow } from './goal-row.tsx';

const rowHeightPx = 42;
const rowsBeyondView = 12;

interface GoalListProps {
  readonly goals: readonly Goal[];
  /** Goals in which an approval waits. */
  readonly asking: ReadonlySet<string>;
  /** Called when the end comes into view; undefined when there is nothing more. */
  readonly onEndNear: (() => void) | undefined;
}

/** A list of any length: only the rows in view exist. Arrow keys, or j and k, move from row to row. */
export function GoalList({ goals, asking, onEndNear }: GoalListProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const keyOf = useCallback((index: number) => goals[index]?.goalId ?? index, [goals]);
  const { rows, heightPx, virtualizer } = useVirtualRows({
    count: goals.length,
    scroller,
    rowHeightPx,
    beyond: rowsBeyondView,
    keyOf,
  });
  const lastShown = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastShown >= goals.length - rowsBeyondView) onEndNear?.();
  }, [lastShown, goals.length, onEndNear]);

  const focusRow = (index: number): void => {
    if (index < 0 || index >= goals.length) return;
    const find = (): HTMLElement | null | undefined =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"] a`);
    const row = find();
    if (row instanceof HTMLElement) row.focus();
    else {
      virtualizer.scrollToIndex(index);
      requestAnimationFrame(() => find()?.focus());
    }
  };
  const moveBy = (step: number): void => {
    const current = Number(document.activeElement?.closest<HTMLElement>('[data-index]')?.dataset.index ?? -1);
    focusRow(current === -1 ? 0 : current + step);
  };
  useCommands([
    { id: 'goal.next', title: 'Next goal', group: 'Goals', keys: 'j', run: () => moveBy(1) },
    { id: 'goal.previous', title: 'Previous goal', group: 'Goals', keys: 'k', run: () => moveBy(-1) },
  ]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const targets: Readonly<Record<string, () => void>> = {
      ArrowDown: () => moveBy(1),
      ArrowUp: () => moveBy(-1),
      Home: () => focusRow(0),
      End: () => focusRow(goals.length - 1),
    };
    const move = targets[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  };

  return (
    <div ref={scroller} className={styles.scroller}>
      <ul className={styles.list} aria-label="Goals" style={{ height: heightPx }}>
        {rows.map((row) => {
          const goal = goals[row.index];
          return goal === undefined ? null : (
            <li
              key={row.key}
              data-index={row.index}
              className={styles.item}
              style={{ transform: `translateY(${row.start}px)`, height: row.size }}
              aria-setsize={onEndNear === undefined ? goals.length : -1}
              aria-posinset={row.index + 1}
            >
              <GoalRow goal={goal} asks={asking.has(goal.goalId)} onKeyDown={onKeyDown} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
