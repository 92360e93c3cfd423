// The project that lists show and new goals belong to: one choice of the person at this browser.
import type { ChoraleClient, Project } from '@chorale/lib-client';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { StoredChoice, useChoice } from '../app/stored-choice.ts';
import { useClient } from '../data/backend.tsx';
import { queryKeys } from '../data/query-keys.ts';

/** Empty: all of them. */
export const projectChoice = new StoredChoice<string>('chorale.project', [''], (text) =>
  /^[a-z0-9-]{1,63}$/.test(text),
);

export function projectsQuery(client: ChoraleClient) {
  return queryOptions({ queryKey: queryKeys.projects, queryFn: () => client.listProjects() });
}

export interface ProjectChoices {
  readonly projects: readonly Project[];
  /** Undefined: all. What was chosen at another installation, or as somebody else, is not there. */
  readonly chosen: string | undefined;
  /** Who is in one alone chooses none, and need not know of them. */
  readonly several: boolean;
}

export function useProjects(): ProjectChoices {
  const stored = useChoice(projectChoice);
  const projects = useQuery(projectsQuery(useClient())).data ?? [];
  const chosen = projects.some(({ projectId }) => projectId === stored) ? stored : undefined;
  return { projects, chosen, several: projects.length > 1 };
}
