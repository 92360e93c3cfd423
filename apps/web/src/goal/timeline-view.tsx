import type { Goal, Task } from '@chorale/lib-client';
import { isGoalEnded } from '@chorale/lib-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { type EventWindow, firstSeqOf, prependEvents } from '../data/event-window.ts';
import { eventsQuery, readEarlierEvents, tasksQuery } from '../data/queries.ts';
import { queryKeys } from '../data/query-keys.ts';
import { Button } from '../ui/button.tsx';
import { Checkbox } from '../ui/field.tsx';
import { formatClock, formatDuration, formatInstant } from '../ui/format.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { ScrollRegion } from '../ui/scroll-region.tsx';
import { sayFailed } from '../ui/toasts.tsx';
import { useVirtualRows } from '../ui/use-virtual-rows.ts';
import { describeEvent } from './describe-event.ts';
import { type TimelineRow, timelineRows } from './timeline-rows.ts';
import styles from './timeline-view.module.css';

interface TimelineViewProps {
  readonly goal: Goal;
  readonly onSelectTask: (taskNo: number) => void;
}

const rowHeightPx = 30;
/** Within this distance of the end the list follows what is new. */
const endPx = 60;

export function TimelineView({ goal, onSelectTask }: TimelineViewProps): ReactNode {
  const client = useClient();
  const window = useQuery(eventsQuery(client, goal.goalId));
  const tasks = useQuery(tasksQuery(client, goal.goalId));
  const { task: taskNo } = useSearch({ from: '/goals/$goalId' });
  const [steps, setSteps] = useState(false);
  const [onlyTask, setOnlyTask] = useState(false);
  const filterTask = onlyTask ? taskNo : undefined;
  const rows = useMemo(
    () => timelineRows(window.data?.events ?? [], { steps, taskNo: filterTask }),
    [window.data, steps, filterTask],
  );
  const byNo = useMemo(() => new Map(tasks.data?.map((task) => [task.no, task])), [tasks.data]);
  if (window.isError && window.data === undefined) {
    return (
      <div className={styles.notice}>
        <ProblemNotice error={window.error} what="The events could not be read" />
      </div>
    );
  }
  return (
    <>
      <div className={styles.bar}>
        <Checkbox label="Steps" checked={steps} onChange={(event) => setSteps(event.target.checked)} />
        {taskNo === undefined ? null : (
          <Checkbox
            label="Only the chosen task"
            checked={onlyTask}
            onChange={(event) => setOnlyTask(event.target.checked)}
          />
        )}
        {window.data === undefined ? null : <EarlierButton goalId={goal.goalId} firstSeq={firstSeqOf(window.data)} />}
        <p className={styles.live}>
          {isGoalEnded(goal.state) ? `${goal.eventSeq} events` : `${goal.eventSeq} events, live`}
        </p>
      </div>
      <Rows rows={rows} tasks={byNo} onSelectTask={onSelectTask} />
    </>
  );
}

function EarlierButton({ goalId, firstSeq }: { readonly goalId: string; readonly firstSeq: number }): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const load = useMutation({
    mutationFn: () => readEarlierEvents(client, goalId, firstSeq),
    onSuccess: (events) =>
      cache.setQueryData<EventWindow>(queryKeys.events(goalId), (window) => window && prependEvents(window, events)),
    onError: (error) => sayFailed('Earlier events could not be read', error),
  });
  if (firstSeq <= 1) return null;
  return (
    <Button onClick={() => load.mutate()} disabled={load.isPending}>
      Show earlier ({firstSeq - 1} more)
    </Button>
  );
}

interface RowsProps {
  readonly rows: readonly TimelineRow[];
  readonly tasks: ReadonlyMap<number, Task>;
  readonly onSelectTask: (taskNo: number) => void;
}

function Rows({ rows, tasks, onSelectTask }: RowsProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const keyOfRow = useCallback((index: number) => keyOf(rows[index], index), [rows]);
  const {
    rows: places,
    heightPx,
    virtualizer,
  } = useVirtualRows({ count: rows.length, scroller, rowHeightPx, beyond: 20, keyOf: keyOfRow });
  useEffect(() => {
    if (follows.current && rows.length > 0) virtualizer.scrollToIndex(rows.length - 1, { align: 'end' });
  }, [rows, virtualizer]);
  const onScroll = (): void => {
    const element = scroller.current;
    if (element !== null) follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < endPx;
  };
  return (
    <ScrollRegion label="Events" scroller={scroller} className={styles.scroller} onScroll={onScroll}>
      <ol className={styles.list} style={{ height: heightPx }}>
        {places.map((place) => {
          const row = rows[place.index];
          return row === undefined ? null : (
            <li
              key={place.key}
              className={styles.item}
              style={{ transform: `translateY(${place.start}px)`, height: place.size }}
            >
              {row.kind === 'idle' ? (
                <p className={styles.idle}>
                  <span>{formatDuration(row.durationMs)} without events</span>
                </p>
              ) : (
                <EventRow
                  row={row}
                  task={row.event.taskNo === undefined ? undefined : tasks.get(row.event.taskNo)}
                  onSelectTask={onSelectTask}
                />
              )}
            </li>
          );
        })}
      </ol>
    </ScrollRegion>
  );
}

interface EventRowProps {
  readonly row: Extract<TimelineRow, { kind: 'event' }>;
  readonly task: Task | undefined;
  readonly onSelectTask: (taskNo: number) => void;
}

function EventRow({ row: { event, sinceMs }, task, onSelectTask }: EventRowProps): ReactNode {
  const { tone, subject, text } = describeEvent(event, task);
  const { taskNo } = event;
  return (
    <div className={styles.event}>
      <span className={styles.seq}>{event.seq}</span>
      <time className={styles.time} dateTime={new Date(event.at).toISOString()} title={formatInstant(event.at)}>
        {formatClock(event.at)}
      </time>
      <span className={styles.since}>
        {sinceMs === undefined || sinceMs === 0 ? '' : `+${formatDuration(sinceMs)}`}
      </span>
      <span className={styles.dot} data-tone={tone} aria-hidden="true" />
      <p className={styles.text}>
        {taskNo === undefined ? null : (
          <button type="button" className={styles.subject} onClick={() => onSelectTask(taskNo)}>
            {subject}
          </button>
        )}{' '}
        {text}
      </p>
    </div>
  );
}

function keyOf(row: TimelineRow | undefined, index: number): string | number {
  if (row === undefined) return index;
  return row.kind === 'event' ? row.event.seq : row.key;
}
