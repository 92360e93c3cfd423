// Keeps the loaded pages of a goal list in step with single goals, without reading the pages again.
//
// Invariants: GP1 the list stays newest first: ids sort by the time they were made.
//             GP2 a goal is in the list once, and only while the filter lets it.
//             GP3 a row never goes back to an older version.
//             GP4 a goal older than the last one loaded is left to the page that will bring it.
import type { Goal, Page } from '@chorale/lib-client';
import type { ListFilter } from './query-keys.ts';

export interface GoalPages {
  readonly pages: readonly Page<Goal>[];
  readonly pageParams: readonly unknown[];
}

export function putGoalInPages(data: GoalPages, goal: Goal, filter: ListFilter): GoalPages {
  const known = data.pages.flatMap((page) => page.items).find((item) => item.goalId === goal.goalId);
  if (known !== undefined && known.version >= goal.version) return data;
  const fits = fitsFilter(goal, filter);
  if (known === undefined) return fits ? insertGoal(data, goal) : data;
  return {
    ...data,
    pages: data.pages.map((page) => ({
      ...page,
      items: page.items.flatMap((item) => (item.goalId !== goal.goalId ? [item] : fits ? [goal] : [])),
    })),
  };
}

function insertGoal(data: GoalPages, goal: Goal): GoalPages {
  const lastPage = data.pages.length - 1;
  const pageIndex = data.pages.findIndex(
    (page, index) =>
      page.items.some((item) => item.goalId < goal.goalId) || (index === lastPage && page.next === undefined),
  );
  if (pageIndex === -1) return data;
  return {
    ...data,
    pages: data.pages.map((page, index) => {
      if (index !== pageIndex) return page;
      const before = page.items.filter((item) => item.goalId > goal.goalId);
      return { ...page, items: [...before, goal, ...page.items.slice(before.length)] };
    }),
  };
}

function fitsFilter(goal: Goal, filter: ListFilter): boolean {
  if (filter.projectId !== undefined && filter.projectId !== goal.projectId) return false;
  if ((goal.archivedAt !== undefined) !== (filter.archived === true)) return false;
  if (filter.states !== undefined && filter.states.length > 0 && !filter.states.includes(goal.state)) return false;
  return filter.workflow === undefined || filter.workflow === goal.workflow;
}

/** The goals of all pages, each once: a page read later may repeat the end of the one before when goals came between. */
export function goalsOf(data: GoalPages): readonly Goal[] {
  const seen = new Set<string>();
  return data.pages
    .flatMap((page) => page.items)
    .filter((goal) => {
      if (seen.has(goal.goalId)) return false;
      seen.add(goal.goalId);
      return true;
    });
}
