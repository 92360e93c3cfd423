import type { Goal, Page } from '@chorale/lib-client';
import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { queryKeys } from '../data/query-keys.ts';
import { StateMark } from '../status/state-mark.tsx';
import { styleOfGoal } from '../status/tone.ts';
import type { Command } from './commands.tsx';

/** A command for each goal that a list has loaded, to go to it by its title. */
export function useGoalCommands(): readonly Command[] {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const lists = cache.getQueriesData<InfiniteData<Page<Goal>>>({ queryKey: queryKeys.goalLists });
  const goals = new Map(
    lists.flatMap(([, list]) => list?.pages.flatMap(({ items }) => items) ?? []).map((goal) => [goal.goalId, goal]),
  );
  return [...goals.values()].map((goal) => ({
    id: `goal.open-${goal.goalId}`,
    title: goal.title,
    group: 'Open goal',
    keywords: `${goal.workflow} ${goal.goalId}`,
    icon: <StateMark style={styleOfGoal(goal)} />,
    run: () => void navigate({ to: '/goals/$goalId', params: { goalId: goal.goalId } }),
  }));
}
