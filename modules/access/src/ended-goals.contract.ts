// What every store must do with goals that have ended and are old. Part of the contract of all rows of a tenant.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GoalId, TenantId } from '@chorale/lib-ids';
import { keptBesideGoals } from './tenant-data/ended-goals.ts';
import type { TenantTable } from './tenant-data/tenant-rows.ts';
import type { OpenedTenantRows } from './tenant-rows.contract.ts';

const north = 'north' as TenantId;
const south = 'south' as TenantId;
const hashOf = (digit: string): string => `sha256:${digit.repeat(64)}`;

interface PlantedGoal {
  readonly id: string;
  readonly tenantId?: TenantId;
  readonly finishedAt?: number;
  readonly createdAt?: number;
  readonly parent?: string;
  readonly plan?: string;
  readonly inputs?: object;
}

export function describeEndedGoals(name: string, open: () => Promise<OpenedTenantRows>): void {
  describe(`ended goals on ${name}`, () => {
    let opened: OpenedTenantRows;
    let tables: readonly TenantTable[];

    beforeEach(async () => {
      opened = await open();
      tables = (await opened.rows.listTables()).ofTenants;
    });
    afterEach(() => opened.close());

    const table = (wanted: string): TenantTable => tables.find((one) => one.name === wanted)!;

    const plant = ({
      id,
      tenantId = north,
      finishedAt,
      createdAt = 0,
      parent,
      plan = 'plan',
      inputs = {},
    }: PlantedGoal) =>
      opened.insert(table('goals'), {
        tenant_id: tenantId,
        goal_id: id,
        parent_goal_id: parent ?? null,
        depth: parent === undefined ? 0 : 1,
        created_at: createdAt,
        finished_at: finishedAt ?? null,
        archived_at: null,
        plan_hash: plan,
        idempotency_key: null,
        inputs,
        requested_by: 'ann',
        project_id: 'apollo',
      });

    const list = async (endedBefore: number, limit = 10): Promise<readonly string[]> => {
      const found: string[] = [];
      for (let after; ;) {
        const page = await opened.rows.listEndedGoals(north, { endedBefore, limit, after });
        found.push(...page.map(({ goalId }) => goalId));
        after = page.at(-1);
        if (page.length < limit) return found;
      }
    };

    test('[TR1] goals that ended before a moment are listed page by page, parents first', async () => {
      await plant({ id: 'b', finishedAt: 5, inputs: { repository: '/src/tool' } });
      await plant({ id: 'a', finishedAt: 5, parent: 'b' });
      await plant({ id: 'c', finishedAt: 9 });
      await plant({ id: 'd', finishedAt: 10 });
      await plant({ id: 'e' });
      await plant({ id: 'f', tenantId: south, finishedAt: 5 });
      await opened.insert(table('artifacts'), { tenant_id: north, goal_id: 'b', size_bytes: 7 });
      for (const limit of [1, 2, 10]) expect(await list(10, limit)).toEqual(['b', 'c', 'a']);
      expect((await opened.rows.listEndedGoals(north, { endedBefore: 10, limit: 1 }))[0]).toMatchObject({
        goalId: 'b',
        depth: 0,
        parentGoalId: undefined,
        projectId: 'apollo',
        requestedBy: 'ann',
        inputs: { repository: '/src/tool' },
        artifactBytes: 7,
      });
    });

    test('[TR1] what is at work keeps its sub-goals, and a sub-goal at work its parent', async () => {
      await plant({ id: 'at-work' });
      await plant({ id: 'its-part', finishedAt: 1, parent: 'at-work' });
      await plant({ id: 'younger', finishedAt: 20 });
      await plant({ id: 'older-part', finishedAt: 1, parent: 'younger' });
      await plant({ id: 'ended', finishedAt: 1 });
      await plant({ id: 'part-at-work', parent: 'ended' });
      await plant({ id: 'orphan', finishedAt: 1, parent: 'gone' });
      expect(await list(10)).toEqual(['orphan']);
      const everything = ['at-work', 'its-part', 'younger', 'older-part', 'ended', 'part-at-work', 'orphan', 'unknown'];
      const goalIds = everything as GoalId[];
      expect(await opened.rows.eraseGoals(north, { goalIds, endedBefore: 10 })).toEqual(['orphan']);
      expect(await opened.rows.countRows(north, table('goals'))).toBe(6);
    });

    test('[TR2] a goal goes with every row that names it, and with no other', async () => {
      const ofGoals = tables.filter(({ columns, name: one }) => columns.includes('goal_id') && one !== 'goals');
      expect(ofGoals.map((one) => one.name)).toEqual(
        expect.arrayContaining(['tasks', 'steps', 'event_pages', 'approvals']),
      );
      for (const tenantId of [north, south])
        for (const id of ['old', 'new']) {
          await plant({ id, tenantId, finishedAt: id === 'old' ? 1 : 100 });
          for (const one of ofGoals) {
            // An archived goal is in the archive instead.
            if (one.name === 'archived_goals') continue;
            await opened.insert(one, { tenant_id: tenantId, goal_id: id, word: `${id} word` });
          }
        }
      const goalIds = ['old', 'new'] as GoalId[];
      expect(await opened.rows.eraseGoals(north, { goalIds, endedBefore: 50 })).toEqual(['old']);
      for (const one of ofGoals.filter(({ name: which }) => which !== 'archived_goals')) {
        const left = keptBesideGoals.includes(one.name) ? 2 : 1;
        expect([one.name, await opened.rows.countRows(north, one)]).toEqual([one.name, left]);
        expect([one.name, await opened.rows.countRows(south, one)]).toEqual([one.name, 2]);
      }
      expect(await opened.rows.eraseGoals(north, { goalIds, endedBefore: 50 })).toEqual([]);
    });

    test('[TR3] a plan that no goal and no schedule has goes, and no other', async () => {
      for (const hash of ['of-goal', 'of-version', 'of-schedule', 'of-nobody'])
        await opened.insert(table('definitions'), { tenant_id: north, plan_hash: hash });
      await opened.insert(table('definitions'), { tenant_id: south, plan_hash: 'of-nobody' });
      await plant({ id: 'a', plan: 'of-goal' });
      await opened.insert(table('plan_versions'), { tenant_id: north, goal_id: 'a', plan_hash: 'of-version' });
      await opened.insert(table('schedules'), { tenant_id: north, plan_hash: 'of-schedule' });
      expect(await opened.rows.dropUnusedPlans(north)).toBe(1);
      expect(await opened.rows.dropUnusedPlans(north)).toBe(0);
      const left = await opened.rows.readRows(north, table('definitions'), { limit: 10 });
      expect(JSON.stringify(left)).not.toContain('of-nobody');
      expect(await opened.rows.countRows(south, table('definitions'))).toBe(1);
    });

    test('[TR4] contents that goals before a moment name are found in whatever they wrote', async () => {
      for (const [id, createdAt] of [
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ] as const)
        await plant({ id, createdAt });
      await opened.insert(table('artifacts'), { tenant_id: north, goal_id: 'a', hash: hashOf('1') });
      const text = { output: { kept: [{ text: `as ${hashOf('2')} and ${hashOf('3')}` }] } };
      await opened.insert(table('steps'), { tenant_id: north, goal_id: 'b', ...text });
      await opened.insert(table('artifacts'), { tenant_id: north, goal_id: 'c', hash: hashOf('4') });
      await opened.insert(table('artifacts'), { tenant_id: south, goal_id: 'a', hash: hashOf('5') });
      const hashes: string[] = [];
      for (let after; ;) {
        const page = await opened.rows.listHashes(north, { createdBefore: 3, limit: 1, after });
        hashes.push(...page.hashes);
        after = page.next;
        if (after === undefined) break;
      }
      expect(hashes.toSorted()).toEqual(['1', '2', '3'].map(hashOf));
      await plant({ id: 'd', createdAt: 9, inputs: { report: { $artifact: hashOf('6') } } });
      const given = { createdBefore: 10, where: 'given', limit: 10 } as const;
      await opened.insert(table('schedules'), { tenant_id: north, inputs: { report: { $artifact: hashOf('7') } } });
      const { hashes: all } = await opened.rows.listHashes(north, given);
      expect(all.toSorted()).toEqual(['6', '7'].map(hashOf));
    });
  });
}
