import { refused } from '@chorale/lib-errors';
import type { ScheduleId, TenantId } from '@chorale/lib-ids';
import { expect, test } from 'vitest';
import { withScheduledQuotas } from './scheduled-quotas.ts';

const tenantId = 'north' as TenantId;
const scheduleId = 'schedule_1' as ScheduleId;

test('[SC5] a schedule finds room as people do, or waits and says so once', async () => {
  let hasRoom = false;
  const asked: unknown[] = [];
  const executed: string[] = [];
  const warned: unknown[] = [];
  const store = withScheduledQuotas({
    store: {
      findDue: async () => ({ commands: [], nextAt: undefined }),
      onCommit: () => () => undefined,
      execute: (async ({ command }: { command: string }) => {
        executed.push(command);
        return { goals: [] };
      }) as never,
      listSchedules: async () => [{ scheduleId, projectId: 'apollo', planHash: 'h', name: 'nightly' }] as never,
      findDefinition: async () => ({ tasks: [{}, {}, {}] }) as never,
    },
    tenants: {
      withRoom: async (place, room, run) => {
        asked.push([place, room]);
        if (!hasRoom) throw refused('quota-exceeded', 'no room');
        return run();
      },
    },
    log: { warn: (_message, fields) => void warned.push(fields?.['schedule']) },
  });
  const fire = () => store.execute({ command: 'fire-schedule', tenantId, scheduleId });
  await expect(fire()).rejects.toMatchObject({ code: 'quota-exceeded' });
  await expect(fire()).rejects.toMatchObject({ code: 'quota-exceeded' });
  expect([executed, warned]).toEqual([[], ['nightly']]);
  expect(asked[0]).toEqual([
    { tenantId, projectId: 'apollo' },
    { goals: 1, tasks: 3 },
  ]);
  hasRoom = true;
  await fire();
  expect(executed).toEqual(['fire-schedule']);
  // What else is due needs no room.
  hasRoom = false;
  await store.execute({ command: 'wake-task' } as never);
  expect(executed).toEqual(['fire-schedule', 'wake-task']);
});
