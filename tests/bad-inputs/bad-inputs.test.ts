// S4: whatever comes in at whatever route, as its address, query, header or body: refused in the caller's words, never 5xx, and
// nothing is told of the inside. `npm run bench -- access --only S4` puts every value into every route and measures the time.

import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '@chorale/lib-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFault, routeAttacks, send, type RouteAttack } from './attack-routes.ts';
import { findCorpus, injections, naughtyStrings, wrongKinds } from './hostile-values.ts';
import { openTarget, type OpenTarget } from './open-target.ts';
import { rawRequests, sendRaw, statusesIn } from './raw-requests.ts';

/** Each route gets every so many values, each another share of them. */
const shareEach = 24;
const timeout = 300_000;

let folder: string;
let at: OpenTarget;
let attacks: ReadonlyMap<string, RouteAttack>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-bad-'));
  await mkdir(join(folder, 'cwd'));
  at = await openTarget(folder);
  attacks = routeAttacks(at.description, at);
}, 120_000);
afterAll(async () => {
  await at.close();
  await rm(folder, { recursive: true, force: true });
});

async function complaintsOf(
  values: readonly Json[],
  each: number,
): Promise<{ readonly complaints: readonly string[]; readonly statuses: ReadonlyMap<number, number> }> {
  const complaints: string[] = [];
  const statuses = new Map<number, number>();
  let route = 0;
  for (const [operation, attack] of attacks) {
    route += 1;
    for (let index = route % each; index < values.length; index += each) {
      const value = values[index] ?? null;
      const answered = await send(at.baseUrl, attack(value, Math.floor(index / each)));
      statuses.set(answered.status, (statuses.get(answered.status) ?? 0) + 1);
      const fault = findFault(answered, [folder]);
      if (fault !== undefined)
        complaints.push(
          `${operation} with ${JSON.stringify(value).slice(0, 80)}: ${fault}: ${answered.text.slice(0, 200)}`,
        );
    }
  }
  return { complaints, statuses };
}

describe('every route of the description', () => {
  test('[API17] there are many, and each is reached', () => {
    expect(attacks.size).toBeGreaterThan(100);
  });

  test(
    '[API17] takes strings that break programs and injections of every kind without a defect',
    { timeout },
    async () => {
      expect(injections.length).toBeGreaterThan(140);
      const { complaints, statuses } = await complaintsOf([...naughtyStrings(), ...injections], shareEach);
      expect(complaints).toEqual([]);
      expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 404]));
      const all = [...statuses.values()].reduce((sum, count) => sum + count, 0);
      // It was let in: what is turned away at the door is only what logs in.
      expect((statuses.get(401) ?? 0) + (statuses.get(403) ?? 0)).toBeLessThan(all / 10);
    },
  );

  test('[API17] takes values of the wrong kind in every place without a defect', { timeout }, async () => {
    expect((await complaintsOf(wrongKinds, 2)).complaints).toEqual([]);
  });

  test(
    '[API11, API12, API15] refuses bodies that are no JSON, too deep or too large, before anything else of them',
    { timeout },
    async () => {
      const suite = findCorpus('json-parsing');
      const invalid = readdirSync(suite).filter((file) => file.startsWith('n_') && file.endsWith('.json'));
      const deep = '['.repeat(100_000);
      const large = JSON.stringify({ x: 'y'.repeat(3 * 1024 * 1024) });
      const complaints: string[] = [];
      let route = 0;
      for (const [operation, attack] of attacks) {
        const { body, ...rest } = attack('x', 0);
        if (body === undefined) continue;
        const files = invalid.filter((_, index) => index % shareEach === route % shareEach);
        const texts = files
          .map((file) => readFileSync(join(suite, file), 'latin1'))
          .filter((text) => text.trim() !== '');
        route += 1;
        for (const [text, expected] of [
          ...texts.map((one) => [one, [400]] as const),
          [deep, [400]] as const,
          [large, [413]] as const,
        ]) {
          const answered = await send(at.baseUrl, { ...rest, body: text }).catch((error: Error) => ({
            status: 413,
            text: error.message,
            tookMs: 0,
          }));
          // Larger bodies are some routes' business, and who may not ask is told before the body is looked at.
          const isWell =
            (expected as readonly number[]).includes(answered.status) ||
            answered.status === 400 ||
            answered.status === 403;
          if (!isWell || findFault(answered, [folder]) !== undefined)
            complaints.push(`${operation}: ${text.slice(0, 40)}: ${answered.status} ${answered.text.slice(0, 150)}`);
        }
      }
      expect(complaints).toEqual([]);
    },
  );
});

describe('what no library would send', () => {
  test(
    '[API17] is refused or read as what it is: one answer at most to what hides another request, and never 5xx',
    { timeout },
    async () => {
      const complaints: string[] = [];
      for (const raw of rawRequests) {
        const answer = await sendRaw(at.baseUrl, raw, at.authorization);
        const statuses = statusesIn(answer);
        const fault = statuses
          .map((status) => findFault({ status, text: answer, tookMs: 0 }, [folder]))
          .find((one) => one !== undefined);
        if (fault !== undefined) complaints.push(`${raw.name}: ${fault}`);
        if (raw.hides === true && (statuses.length > 1 || statuses.some((status) => status < 400)))
          complaints.push(`${raw.name}: ${statuses.join(', ')}`);
      }
      expect(complaints).toEqual([]);
      const { text } = await send(at.baseUrl, {
        operation: '',
        method: 'GET',
        path: '/v1/goals',
        headers: { authorization: at.authorization },
        streams: false,
      });
      expect(text).not.toContain('smuggled');
    },
  );

  test('[API18] and after all of it the server lives, is ready and answers its owner', async () => {
    for (const path of ['/healthz', '/readyz', '/v1/goals'])
      expect(
        (
          await send(at.baseUrl, {
            operation: '',
            method: 'GET',
            path,
            headers: { authorization: at.authorization },
            streams: false,
          })
        ).status,
        path,
      ).toBe(200);
    expect(at.isRunning()).toBe(true);
  });
});
