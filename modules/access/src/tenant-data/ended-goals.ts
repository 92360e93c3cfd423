// What retention needs of goals that have ended, wherever their rows are: in the tables that are worked on, or in an archive.
//
// Contract (TR):
// TR1 A goal that has not ended, or has since a moment, is never listed and never erased; nor one whose parent is such a goal,
//     nor one of whose sub-goals has not ended. Of parents and sub-goals that may both go, parents are listed first.
// TR2 A goal goes whole, in one transaction: every row of every table that names goals, but records of model calls, which have
//     an age of their own. Rows of others, and of other tenants, stay.
// TR3 A plan goes when no goal and no schedule has it any more.
// TR4 What the remaining goals name by hash is found in whatever they wrote; what goals and schedules were given, alone as well.
import type { GoalId, TenantId } from '@chorale/lib-ids';

export interface EndedGoal {
  readonly goalId: GoalId;
  /** 0 for one that is no sub-goal. */
  readonly depth: number;
  readonly parentGoalId: GoalId | undefined;
  readonly projectId: string;
  readonly requestedBy: string;
  /** What its inputs say it is about. */
  readonly inputs: { readonly project?: string; readonly repository?: string };
  /** Of the artifacts that it names. */
  readonly artifactBytes: number;
}

export interface EndedGoals {
  /** By their depth, and then by their ids. */
  listEndedGoals(
    tenantId: TenantId,
    page: {
      readonly endedBefore: number;
      /** The last of the page before; undefined: from the first. */
      readonly after?: Pick<EndedGoal, 'depth' | 'goalId'> | undefined;
      readonly limit: number;
    },
  ): Promise<readonly EndedGoal[]>;
  /** Durable when it resolves. Says which went: those that are locked or have changed stay. */
  eraseGoals(
    tenantId: TenantId,
    goals: { readonly goalIds: readonly GoalId[]; readonly endedBefore: number },
  ): Promise<readonly GoalId[]>;
  /** Says how many went. */
  dropUnusedPlans(tenantId: TenantId): Promise<number>;
  /** Hashes of contents, as `sha256:…`, that rows of goals created before a moment name; `next` for the next page. */
  listHashes(
    tenantId: TenantId,
    page: {
      readonly createdBefore: number;
      /** `given`: in what goals were given alone, and in what schedules will give. Default: in everything of the goals. */
      readonly where?: 'given';
      readonly after?: GoalId | undefined;
      readonly limit: number;
    },
  ): Promise<{ readonly hashes: readonly string[]; readonly next: GoalId | undefined }>;
}

/** Tables with what was given to goals. Not every store has each. */
export const givenToGoals: readonly string[] = ['goals', 'archived_goals'];

/** Tables whose rows have a goal, and do not go with it. */
export const keptBesideGoals: readonly string[] = ['model_calls'];
