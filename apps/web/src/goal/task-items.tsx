import type { Task } from '@chorale/lib-client';
import type { ReactNode } from 'react';
import { useMemo, useRef, useState } from 'react';
import { StateMark } from '../status/state-mark.tsx';
import { styleOfTask, taskStateStyles } from '../status/tone.ts';
import { Select } from '../ui/field.tsx';
import { ScrollRegion } from '../ui/scroll-region.tsx';
import { Took } from '../ui/time.tsx';
import { useVirtualRows } from '../ui/use-virtual-rows.ts';
import styles from './task-items.module.css';
import { countStates, nameOf, sayStates } from './task-words.ts';

const rowHeightPx = 30;
const rowsShown = 9;

/** The items of a for_each: how many are in which state, and each of them. */
export function TaskItems({
  items,
  onSelect,
}: {
  readonly items: readonly Task[];
  readonly onSelect: (taskNo: number) => void;
}): ReactNode {
  const [only, setOnly] = useState('');
  const shown = useMemo(() => (only === '' ? items : items.filter(({ state }) => state === only)), [items, only]);
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, heightPx } = useVirtualRows({ count: shown.length, scroller, rowHeightPx, beyond: 8 });
  return (
    <section className={styles.section} aria-label="Items">
      <div className={styles.head}>
        <p className={styles.counts}>{sayStates(items)}</p>
        <Select aria-label="Show items" value={only} onChange={(event) => setOnly(event.target.value)}>
          <option value="">All {items.length}</option>
          {[...countStates(items)].map(([state, count]) => (
            <option key={state} value={state}>
              {taskStateStyles[state].label} {count}
            </option>
          ))}
        </Select>
      </div>
      <ScrollRegion
        label="List of items"
        scroller={scroller}
        className={styles.scroller}
        style={{ height: Math.min(shown.length, rowsShown) * rowHeightPx + 2 }}
      >
        <ul className={styles.list} style={{ height: heightPx }}>
          {rows.map((place) => {
            const item = shown[place.index];
            return item === undefined ? null : (
              <li
                key={item.no}
                className={styles.item}
                style={{ transform: `translateY(${place.start}px)`, height: place.size }}
              >
                <button type="button" className={styles.open} onClick={() => onSelect(item.no)}>
                  <StateMark style={styleOfTask(item)} size={13} named />
                  <span className={styles.name}>{nameOf(item)}</span>
                  <span className={styles.time}>
                    {item.startedAt === undefined ? null : (
                      <Took
                        from={item.startedAt}
                        to={item.state === 'running' ? undefined : (item.finishedAt ?? item.startedAt)}
                      />
                    )}
                  </span>
                </button>
              </li>
            );
          })}
        </ul>
      </ScrollRegion>
    </section>
  );
}
