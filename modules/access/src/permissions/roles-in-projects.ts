// A role is held in the whole tenant (`developer`) or in one project of it (`developer@payroll`).
//
// Invariants: RP1 what is held in a project counts for operations on things of that project alone.
import type { ProjectId } from '@chorale/lib-ids';
import { projectOperations, sharedOperations, type Operation } from './role-policies.ts';

export interface HeldRole {
  readonly role: string;
  /** Undefined: in the whole tenant. */
  readonly projectId: ProjectId | undefined;
}

export function readRole(held: string): HeldRole {
  const at = held.indexOf('@');
  if (at < 0) return { role: held, projectId: undefined };
  return { role: held.slice(0, at), projectId: held.slice(at + 1) as ProjectId };
}

export function roleInProject(role: string, projectId: ProjectId): string {
  return `${role}@${projectId}`;
}

/** The roles that count for an operation: on the things of a project, or of the tenant where none is named. */
export function rolesThatCount(
  held: readonly string[],
  operation: Operation,
  projectId: ProjectId | undefined,
): readonly string[] {
  if (!held.some((each) => each.includes('@'))) return held;
  const isShared = sharedOperations.includes(operation);
  const isOfProject = projectId !== undefined && projectOperations.includes(operation);
  const counting = held
    .map(readRole)
    .filter((each) => each.projectId === undefined || isShared || (isOfProject && each.projectId === projectId));
  return [...new Set(counting.map(({ role }) => role))];
}

/** Those in which something is held. */
export function projectsOfRoles(held: readonly string[]): readonly ProjectId[] {
  return [...new Set(held.flatMap((each) => readRole(each).projectId ?? []))];
}
