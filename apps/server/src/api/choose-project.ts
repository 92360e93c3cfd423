// The project that something new belongs to.
import { refused } from '@chorale/lib-errors';
import { defaultProject, type ProjectId } from '@chorale/lib-ids';
import { projectNotFound, type Operation, type RegisteredProject } from '@chorale/module-access';
import type { Goal } from '@chorale/module-goals';
import { type AccessServices, type Caller, requirePermission, scopeOf } from './caller.ts';

export interface Choice {
  readonly operation: Operation;
  /** As it was asked for. Default: that of the key, or the only one that they may do it in, or the one that every tenant has. */
  readonly asked?: string | undefined;
  /** What was there before may be used and taken away in an archived project, too. */
  readonly mayBeArchived?: boolean;
}

/** @throws refused `project-not-found`, `project-archived`, `not-permitted`. */
export async function chooseProject(
  access: AccessServices,
  caller: Caller,
  { operation, asked, mayBeArchived = false }: Choice,
): Promise<ProjectId> {
  const scope = scopeOf(access, caller, operation);
  const usual = caller.boundTo ?? defaultProject;
  const reached = asked !== undefined || scope === undefined || scope.may(usual) ? [] : await scope.list();
  const wanted = asked ?? (reached.length === 1 ? reached[0]! : usual);
  const found = await access.projects.find(caller.tenantId, wanted);
  // To who has no right in it, it is not there.
  if (found === undefined || scope?.sees(found.projectId) === false) throw projectNotFound(wanted);
  const { projectId } = found;
  requirePermission(access, { caller, operation, resource: { tenantId: caller.tenantId, projectId } });
  if (!mayBeArchived) refuseArchived(found);
  return projectId;
}

/** Nothing begins again in an archived project, either. @throws refused `project-archived`. */
export async function requireActiveProject(
  { projects }: Pick<AccessServices, 'projects'>,
  { tenantId, projectId }: Pick<Goal, 'tenantId' | 'projectId'>,
): Promise<void> {
  const found = await projects.find(tenantId, projectId);
  if (found !== undefined) refuseArchived(found);
}

function refuseArchived({ projectId, state }: RegisteredProject): void {
  if (state === 'archived')
    throw refused('project-archived', `the project ${projectId} is archived`, {
      action: 'choose another, or take it out of the archive first',
    });
}
