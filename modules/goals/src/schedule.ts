// Goals that time starts: cron schedules, and what to do about runs that were missed.
import { refused } from '@chorale/lib-errors';
import { defaultProject, type GoalId } from '@chorale/lib-ids';
import { missedRuns, nextCronTime } from '@chorale/module-scheduling';
import type { DropSchedule, FireSchedule, PutSchedule, Replies } from './command.ts';
import { addGoal } from './submit-goal.ts';
import type { WorkingSet } from './working-set.ts';

/** Runs one schedule may start at once after it was late; older ones are left out. */
const catchUpMax = 100;

export function putSchedule(set: WorkingSet, command: PutSchedule): Replies['put-schedule'] {
  const nextAt = nextCronTime(command.cron, command.timeZone, set.now);
  if (nextAt === undefined) throw refused('schedule-never', `The cron expression "${command.cron}" never comes due.`);
  const { command: _, definition, projectId = defaultProject, ...schedule } = command;
  set.addDefinition(command.tenantId, command.planHash, definition);
  set.putSchedule({ ...schedule, projectId, workflow: definition.workflow, nextAt });
  return { nextAt };
}

export function dropSchedule(set: WorkingSet, command: DropSchedule): void {
  if (set.findSchedule(command.tenantId, command.scheduleId) === undefined) {
    throw refused('schedule-not-found', `There is no schedule ${command.scheduleId}.`);
  }
  set.dropSchedule(command.tenantId, command.scheduleId);
}

/** Starts what has come due. The schedule's next time moves in the same transaction, so no run is started twice. */
export function fireSchedule(set: WorkingSet, command: FireSchedule): Replies['fire-schedule'] {
  const schedule = set.findSchedule(command.tenantId, command.scheduleId);
  if (schedule === undefined || schedule.paused || schedule.nextAt > set.now) return { goals: [] };
  const definition = set.findDefinition(schedule.tenantId, schedule.planHash);
  if (definition === undefined) throw refused('plan-not-found', `The plan of schedule ${schedule.name} is missing.`);
  const runs = missedRuns(schedule, set.now, catchUpMax);
  const { restored } = set.context;
  const goals: GoalId[] = [];
  for (const run of runs) {
    const goal = addGoal(set, {
      tenantId: schedule.tenantId,
      goalId: set.newGoalId(),
      projectId: schedule.projectId,
      title: `${schedule.name} ${new Date(run).toISOString()}`,
      definition,
      planHash: schedule.planHash,
      inputs: schedule.inputs,
      priority: schedule.priority,
      requestedBy: schedule.createdBy,
      depth: 0,
      // What came due before a restore may have run before it, too.
      ...(restored !== undefined && run <= restored.at ? { restoredIn: restored.no } : {}),
    });
    goals.push(goal.goalId);
  }
  set.putSchedule({
    ...schedule,
    nextAt: nextCronTime(schedule.cron, schedule.timeZone, set.now) ?? Number.MAX_SAFE_INTEGER,
  });
  return { goals };
}
