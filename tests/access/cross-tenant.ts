// Tries to reach one tenant, or one project, from another: every role, every route, and in each of its places what leads to things
// of the other.
import { createClient } from '@chorale/lib-client';
import { routeAttacks, send, type ApiDescription, type RouteAttack } from '../bad-inputs/attack-routes.ts';
import { seededRandom } from './seeded-random.ts';
import type { TwoTenants } from './two-tenants.ts';

export interface Probed {
  readonly baseUrl: string;
  readonly description: ApiDescription;
  /** Under which is asked, by who asks. */
  readonly keys: ReadonlyMap<string, string>;
  readonly target: Target;
}

/** What nothing may be seen or changed of. */
export interface Target {
  /** By the names that parameters have. */
  readonly ids: Readonly<Record<string, string>>;
  /** A word that is in everything it has, and in nothing that leads to it. */
  readonly content: string;
  /** Everything it can see of itself, in one text. */
  portrait(): Promise<string>;
}

export interface ProbeResult {
  readonly asked: number;
  /** Answers that showed something of the other tenant, and what of it has changed. */
  readonly leaks: readonly string[];
  readonly statuses: ReadonlyMap<number, number>;
}

const atOnce = 8;

export async function probe(at: Probed, count: number, seed: number): Promise<ProbeResult> {
  const { baseUrl, description, keys, target: of } = at;
  const askers = [...keys.keys()];
  const before = await of.portrait();
  const random = seededRandom(seed);
  const values = Object.values(of.ids);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const attacks = askers.map((asker): readonly (readonly [string, RouteAttack])[] => {
    const target = { baseUrl, authorization: `Bearer ${keys.get(asker) ?? ''}`, known: of.ids };
    return [...routeAttacks(description, target)].filter(([operation]) => !ownKeys.has(operation));
  });
  const leaks: string[] = [];
  const statuses = new Map<number, number>();
  let asked = 0;
  const ask = async (): Promise<void> => {
    while (asked < count) {
      // In turn, so that every role and every route has its share; the place and what is put there by chance.
      const asker = asked % attacks.length;
      const routes = attacks[asker] ?? [];
      const [operation, attack] = routes[Math.floor(asked / attacks.length) % routes.length]!;
      asked += 1;
      const { status, text } = await send(baseUrl, attack(pick(values), Math.floor(random() * 1_000)));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (text.includes(of.content)) leaks.push(`${askers[asker]} ${operation}: ${text.slice(0, 200)}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, ask));
  const after = await of.portrait();
  if (after !== before) leaks.push(`changed: ${firstDifference(before, after)}`);
  // A probe that has locked itself out shows nothing.
  for (const [role, key] of keys)
    await createClient({ baseUrl, key })
      .getAccount()
      .catch(() => leaks.push(`${role} has lost its key`));
  return { asked, leaks, statuses };
}

/** These end what the probes ask under; who may use them is in the matrix. */
const ownKeys = new Set(['changePassword', 'logOut', 'eraseTenant']);

function firstDifference(before: string, after: string): string {
  let at = 0;
  while (before[at] === after[at]) at += 1;
  return `${before.slice(at - 40, at + 80)} -> ${after.slice(at - 40, at + 80)}`;
}

/** Follows what changes in the one while the other changes; gives what came. */
export async function listenWhileOtherActs(
  at: TwoTenants,
  goals: number,
): Promise<{ readonly heard: string; readonly theirs: readonly string[] }> {
  const stop = new AbortController();
  let heard = '';
  const listening = (async () => {
    for await (const hint of at.north.followChanges({ signal: stop.signal })) heard += JSON.stringify(hint);
  })();
  const own = await at.north.submitGoal({ definition: 'tasks:\n  news: { signal: true }\n' });
  const theirs: string[] = [];
  for (let index = 0; index < goals; index++)
    theirs.push((await at.south.client.submitGoal({ definition: 'tasks:\n  news: { signal: true }\n' })).goal.goalId);
  const deadline = Date.now() + 30_000;
  let last = own.goal.goalId;
  while (!heard.includes(last) && Date.now() < deadline) {
    last = (await at.north.submitGoal({ definition: 'tasks:\n  news: { signal: true }\n' })).goal.goalId;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  stop.abort();
  await listening;
  if (!heard.includes('goal_')) throw new Error('nothing was heard of its own goals either');
  return { heard, theirs };
}
