import {
  operations as allOperations,
  projectOperations,
  roles,
  sharedOperations,
  type Operation,
} from '@chorale/module-access';
import type { ProjectId, TenantId } from '@chorale/lib-ids';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';
import { nameOf, noneOf, readDescription, type Called, type DescribedApi } from './described-routes.fixture.ts';
import { plantTenant, type PlantedTenant } from './tenant-canaries.fixture.ts';

let at: TestApi;
let alpha: PlantedTenant;
let beta: PlantedTenant;
let called: DescribedApi['called'];
let call: DescribedApi['call'];
const north = 'north' as TenantId;

beforeAll(async () => {
  at = await startTestApi();
  await at.client.createTenant({ tenantId: north, owner: 'owner-of-north' });
  alpha = await plantTenant(at, north, 'alpha');
  beta = await plantTenant(at, north, 'beta');
  ({ called, call } = await readDescription(at));
});
afterAll(() => at.close());

/** What the matrix and the description say of a role that is held, or may be used, in one project. */
function isOpen({ operation }: Called, role: string): boolean {
  const permit = operation['x-permit'];
  if (permit === 'public') return true;
  const isReached = operation['x-in-projects'] === true || sharedOperations.includes(permit);
  return isReached && mayBe(role, permit);
}

function mayBe(role: string, operation: Operation): boolean {
  const resource = { tenantId: north, projectId: 'alpha' as ProjectId };
  const principal = { tenantId: north, subject: 'somebody', roles: [role] };
  return at.services.access.permissions.decide({ principal, operation, resource }).allowed;
}

/** Held in the project, and held in the tenant by who asks with a key for the project. */
const ways = ['/', '!'];

interface Place {
  readonly way: string;
  /** Whose things the address names. */
  readonly of: PlantedTenant;
}

test(
  '[API155] who has rights in one project alone is let in where a route is about things of projects, as the matrix says, and nowhere else',
  { timeout: 300_000 },
  async () => {
    const wrong: string[] = [];
    let asked = 0;
    const ask = async (route: Called, role: string, { way, of }: Place): Promise<void> => {
      const by = `${role}@north${way}alpha`;
      const { status, code } = await call(route, { by, of });
      asked += 1;
      const isRefused = status === 403 && (code === 'not-permitted' || code === undefined);
      if (isRefused === isOpen(route, role) || status >= 500)
        wrong.push(`${route.operation.operationId} by ${by} of ${of.canary}: ${status} ${code ?? ''}`);
    };
    const places = ways.flatMap((way) => [beta, alpha].map((of) => ({ way, of })));
    for (const route of called) for (const role of roles) for (const place of places) await ask(route, role, place);
    expect(wrong).toEqual([]);
    expect(asked).toBe(called.length * roles.length * ways.length * 2);
  },
);

test(
  '[API156] what is of another project is answered as what was never there, and shown in no list',
  { timeout: 300_000 },
  async () => {
    const wrong: string[] = [];
    let compared = 0;
    const far = await plantTenant(at, north, 'gamma');
    for (const route of called)
      for (const by of ['owner@north/alpha', 'owner@north!alpha']) {
        const about = `${route.operation.operationId} by ${by}`;
        const foreign = await call(route, { by, of: far });
        if (foreign.text.includes(far.content)) wrong.push(`${about} shows ${far.content}`);
        const names = [...route.address.matchAll(/\{(\w+)\}/g)].map(([, name]) => nameOf(route.address, name ?? ''));
        const naming = names.filter((name) => ofProjects.has(name));
        if (route.operation['x-in-projects'] !== true || naming.length === 0) continue;
        const ids = Object.fromEntries(naming.map((name) => [name, noneOf(name, far.ids[name] ?? '')]));
        const missing = await call(route, { by, of: { ...far, ids: { ...far.ids, ...ids } } });
        compared += 1;
        if (foreign.status !== missing.status || foreign.code !== missing.code)
          wrong.push(`${about}: ${foreign.status} ${foreign.code} where nothing is ${missing.status} ${missing.code}`);
      }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(50);
  },
);

/** What names a thing that belongs to one project; of the others a project has the same. */
const ofProjects = new Set(['projectId', 'goalId', 'approvalId', 'scheduleId', 'secret', 'hash']);

test('[API155] each route about things of projects is one of an operation that a role in a project can permit', () => {
  const routes = called.filter(({ operation }) => operation['x-in-projects'] === true);
  expect(routes.length).toBeGreaterThan(35);
  const permits = routes.map(({ operation }) => operation['x-permit']);
  expect(permits.filter((permit) => permit === 'public' || !projectOperations.includes(permit))).toEqual([]);
  expect(projectOperations.every((operation) => allOperations.includes(operation))).toBe(true);
});
