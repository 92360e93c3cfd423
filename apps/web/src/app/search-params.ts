// What a view keeps in its address, so that a reload or a link shows the same. Unknown values are dropped, not refused:
// an address may have been written by an older page.
import type { AuditDecision, GoalState, MemoryKind } from '@chorale/lib-client';
import { auditDecisions, goalStates, memoryKinds } from '@chorale/lib-client';

type Raw = Readonly<Record<string, unknown>>;

export interface RootSearch {
  /** The "new goal" dialog is open; names the workflow, or is empty to choose one. */
  readonly new?: string;
}

export function readRootSearch(raw: Raw): RootSearch {
  return pick({ new: textOf(raw.new) });
}

export interface GoalsSearch {
  /** Goal states joined by commas; missing for all. */
  readonly state?: string;
  readonly workflow?: string;
  /** Those in the archive; missing for the others. */
  readonly archived?: true;
}

export function readGoalsSearch(raw: Raw): GoalsSearch {
  const states = parseStates(textOf(raw.state));
  const workflow = textOf(raw.workflow);
  return pick({
    state: states.length === 0 ? undefined : states.join(','),
    workflow: workflow === '' ? undefined : workflow,
    archived: raw.archived === true ? (true as const) : undefined,
  });
}

export function parseStates(text: string | undefined): readonly GoalState[] {
  const named = new Set((text ?? '').split(','));
  return goalStates.filter((state) => named.has(state));
}

export const goalTabs = ['plan', 'timeline', 'files', 'details'] as const;
export type GoalTab = (typeof goalTabs)[number];

export interface GoalSearch {
  /** Missing for the plan. */
  readonly tab?: GoalTab;
  /** How the plan is shown: missing for the graph. */
  readonly as?: 'list';
  /** Number of the task whose panel is open. */
  readonly task?: number;
  /** Name of the file that is shown. */
  readonly file?: string;
}

export function readGoalSearch(raw: Raw): GoalSearch {
  const tab = goalTabs.find((name) => name === raw.tab && name !== 'plan');
  const task = typeof raw.task === 'number' && Number.isInteger(raw.task) && raw.task >= 0 ? raw.task : undefined;
  return pick({ tab, as: raw.as === 'list' ? ('list' as const) : undefined, task, file: textOf(raw.file) });
}

export interface ApprovalsSearch {
  /** Missing for those that wait. */
  readonly show?: 'all';
}

export function readApprovalsSearch(raw: Raw): ApprovalsSearch {
  return pick({ show: raw.show === 'all' ? ('all' as const) : undefined });
}

export interface ModelsSearch {
  /** Missing for the deployments. */
  readonly tab?: 'spend' | 'calls' | 'learned';
  /** Of calls: only those with this key, for this goal, with this result. */
  readonly key?: string;
  readonly goal?: string;
  readonly result?: 'answered' | 'cached' | 'failed';
}

export function readModelsSearch(raw: Raw): ModelsSearch {
  const tab = (['spend', 'calls', 'learned'] as const).find((name) => name === raw.tab);
  const result = (['answered', 'cached', 'failed'] as const).find((name) => name === raw.result);
  return pick({ tab, key: textOf(raw.key), goal: textOf(raw.goal), result });
}

export interface AuditSearch {
  readonly who?: string;
  readonly on?: string;
  /** The whole word, or its beginning with a dot at the end. */
  readonly what?: string;
  readonly decision?: AuditDecision;
}

export function readAuditSearch(raw: Raw): AuditSearch {
  const word = (value: unknown): string | undefined => (textOf(value) === '' ? undefined : textOf(value));
  const decision = auditDecisions.find((name) => name === raw.decision);
  return pick({ who: word(raw.who), on: word(raw.on), what: word(raw.what), decision });
}

export interface MemorySearch {
  /** Missing for the search. */
  readonly tab?: 'timeline' | 'quarantine';
  /** The words that are looked for. */
  readonly q?: string;
  readonly scope?: string;
  readonly kind?: MemoryKind;
  /** A day, as in `2027-01-31`: what held on it. */
  readonly asOf?: string;
  /** Only what is of this goal; of what is found by words it says nothing. */
  readonly goal?: string;
  /** Whose timeline is shown. */
  readonly subject?: string;
}

export function readMemorySearch(raw: Raw): MemorySearch {
  const tab = (['timeline', 'quarantine'] as const).find((name) => name === raw.tab);
  const kind = memoryKinds.find((name) => name === raw.kind);
  const day = textOf(raw.asOf);
  const asOf = day !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(day) ? day : undefined;
  return pick({
    tab,
    q: textOf(raw.q),
    scope: textOf(raw.scope),
    kind,
    asOf,
    goal: textOf(raw.goal),
    subject: textOf(raw.subject),
  });
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  // The router reads `?workflow=12` as a number.
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Leaves out what is undefined, so that it does not appear in the address. */
export function pick<T extends object>(search: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
