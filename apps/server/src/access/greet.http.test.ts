import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../api/api-fixture.ts';
import { greet } from './greet.ts';
import { Visitor } from './http-visitor.fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

async function told(isTTY: boolean): Promise<string> {
  let text = '';
  const terminal = { isTTY, write: (piece: string) => (text += piece) };
  await greet({ identity: api.services.identity, url: api.baseUrl, terminal });
  return text;
}

test('[AC1] what is no terminal is told nothing; a terminal is told the password once, and a ticket each time', async () => {
  expect(await told(false)).toBe('');
  const first = await told(true);
  const [, ticket] = /#ticket=(\S+)/.exec(first) ?? [];
  const [, password] = /shown this once:\n +(\S+)/.exec(first) ?? [];
  const visitor = new Visitor(api.baseUrl);
  expect((await visitor.logIn('owner', password!)).status).toBe(200);
  const visit = { method: 'POST', body: { ticket } };
  expect((await new Visitor(api.baseUrl).visit('/v1/login/ticket', visit)).status).toBe(200);
  const second = await told(true);
  expect(second).toContain('#ticket=');
  expect(second).not.toContain('shown this once');
  expect(second).not.toContain(ticket);
  const { items } = await api.client.listAuditEntries({ limit: 50 });
  expect(JSON.stringify([items, api.log])).not.toContain(password);
});
