import { connect, type Socket } from 'node:net';
import type { GoalEvent } from '@chorale/lib-client';
import { defaultTenant, type GoalId } from '@chorale/lib-ids';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Visitor } from '../access/http-visitor.fixture.ts';
import { givePassword } from '../access/local-owner.ts';
import { startTestApi, type TestApi } from './api-fixture.ts';

const streams = { heartbeatMs: 50, stallMsMax: 300, pollMs: 100, hintMs: 20, streamsMax: 20 };
let at: TestApi;
beforeAll(async () => {
  at = await startTestApi({ streams });
});
afterAll(() => at.close());

const submit = () => at.client.submitGoal({ workflow: 'two-steps', inputs: { topic: 'x' } });

async function runToEnd(goalId: string): Promise<void> {
  for (let round = 0; round < 2; round++) {
    for (const claimed of await at.claim()) if (claimed.task.goalId === goalId) await at.succeed(claimed);
  }
}

async function read(events: AsyncIterable<GoalEvent>): Promise<GoalEvent[]> {
  const all: GoalEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

test('[API60] events are paged by sequence number without gaps', async () => {
  const { goal } = await submit();
  await runToEnd(goal.goalId);
  const { eventSeq } = await at.client.getGoal(goal.goalId);
  const seqs: number[] = [];
  let after: number | undefined = 0;
  while (after !== undefined) {
    const page: Awaited<ReturnType<typeof at.client.listEvents>> = await at.client.listEvents(goal.goalId, {
      after,
      limit: 3,
    });
    seqs.push(...page.items.map(({ seq }) => seq));
    after = page.next === undefined ? undefined : Number(page.next);
  }
  expect(seqs).toEqual(Array.from({ length: eventSeq }, (_, index) => index + 1));
});

test('[API61] a stream gives what was and what comes, once each, and ends after goal-finished', async () => {
  const { goal } = await submit();
  const following = read(at.client.followEvents(goal.goalId, { until: 'finished' }));
  await runToEnd(goal.goalId);
  const events = await following;
  const { eventSeq } = await at.client.getGoal(goal.goalId);
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: eventSeq }, (_, index) => index + 1));
  expect(events.at(-1)?.type).toBe('goal-finished');
});

test('[API61] many readers that come at any moment all read the same', async () => {
  const { goal } = await submit();
  const following = Array.from({ length: 8 }, (_, index) =>
    read(at.client.followEvents(goal.goalId, { until: 'finished', after: index % 2 })),
  );
  await at.client.pauseGoal(goal.goalId);
  following.push(read(at.client.followEvents(goal.goalId, { until: 'finished' })));
  await at.client.resumeGoal(goal.goalId);
  await runToEnd(goal.goalId);
  following.push(read(at.client.followEvents(goal.goalId, { until: 'finished' })));
  const expected = (await at.client.listEvents(goal.goalId, { limit: 1000 })).items;
  for (const events of await Promise.all(following))
    expect(events).toEqual(expected.slice(expected.length - events.length));
});

test('[API62] Last-Event-ID wins over ?after, and an EventSource at the end is told to stop', async () => {
  const { goal } = await submit();
  await at.client.cancelGoal(goal.goalId);
  const { eventSeq } = await at.client.getGoal(goal.goalId);
  const address = `${at.baseUrl}/v1/goals/${goal.goalId}/events/stream?until=finished&after=0`;
  const resumed = await fetch(address, { headers: { 'last-event-id': String(eventSeq - 1) } });
  const text = await resumed.text();
  expect(text.match(/^id: (\d+)$/gm)).toEqual([`id: ${eventSeq}`]);
  expect(text).toContain('event: goal-finished');
  expect(text.trimEnd().endsWith('event: end\ndata: {}')).toBe(true);
  expect((await fetch(address, { headers: { 'last-event-id': String(eventSeq) } })).status).toBe(204);
});

test('[API62] a place in the future is refused', async () => {
  const { goal } = await submit();
  const answer = await fetch(`${at.baseUrl}/v1/goals/${goal.goalId}/events/stream?after=999`);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: 'cursor-invalid' });
});

test('[API63] a quiet stream carries heartbeats and the security headers, and HEAD does not open one', async () => {
  const { goal } = await submit();
  const stop = new AbortController();
  const address = `${at.baseUrl}/v1/goals/${goal.goalId}/events/stream`;
  const answer = await fetch(address, { signal: stop.signal });
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of answer.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (text.includes(': heartbeat')) break;
  }
  stop.abort();
  expect(text).toContain(': heartbeat\n\n');
  const head = await fetch(address, { method: 'HEAD' });
  expect({ status: head.status, body: await head.text() }).toEqual({ status: 200, body: '' });
});

test('[API64] a reader that takes nothing is cut off instead of filling the memory', { timeout: 60_000 }, async () => {
  const { goal } = await at.client.submitGoal({ workflow: 'listens' });
  const goalId = goal.goalId as GoalId;
  const { port, hostname } = new URL(at.baseUrl);
  const accepted = new Promise<Socket>((resolve) => void at.api.server.once('connection', resolve));
  const reader = connect(Number(port), hostname);
  reader.on('error', () => undefined);
  reader.write(`GET /v1/goals/${goalId}/events/stream HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`);
  reader.pause();
  const connection = await accepted;
  // The kernel takes some megabytes before the server can see that nobody reads.
  const reason = 'r'.repeat(1_000_000);
  const events = 30;
  for (let index = 0; index < events; index++) {
    const command = index % 2 === 0 ? 'pause-goal' : 'resume-goal';
    await at.store.execute({ command, tenantId: defaultTenant, goalId, by: 'owner', reason });
  }
  await vi.waitFor(() => expect(connection.destroyed).toBe(true), { timeout: 50_000, interval: 50 });
  expect(connection.bytesWritten).toBeLessThan(events * reason.length);
  reader.destroy();
});

test('[API65] hints name the goals that changed, of many commits in one', async () => {
  const stop = new AbortController();
  const seen = new Set<string>();
  let resyncs = 0;
  const following = (async () => {
    for await (const hint of at.client.followChanges({ signal: stop.signal })) {
      if (hint.kind === 'resync') resyncs++;
      else for (const { goalId } of hint.goals) seen.add(goalId);
      if (seen.size === 5) stop.abort();
    }
  })();
  await vi.waitFor(() => expect(resyncs).toBe(1));
  const made = await Promise.all(Array.from({ length: 5 }, submit));
  await following;
  expect([...seen].toSorted()).toEqual(made.map(({ goal }) => goal.goalId).toSorted());
});

test('[API66] past the number of streams allowed, one more is refused for now', async () => {
  const { goal } = await submit();
  const stop = new AbortController();
  const address = `${at.baseUrl}/v1/goals/${goal.goalId}/events/stream`;
  const open = await Promise.all(
    Array.from({ length: streams.streamsMax }, () => fetch(address, { signal: stop.signal })),
  );
  expect(open.every(({ status }) => status === 200)).toBe(true);
  const refused = await fetch(address);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(await refused.json()).toMatchObject({ code: 'too-many-streams', retryable: true });
  stop.abort();
  await vi.waitFor(async () => {
    const again = new AbortController();
    const { status } = await fetch(address, { signal: again.signal });
    again.abort();
    expect(status).toBe(200);
  });
});

test('[API67] streams end when the server is closed, and their readers are told nothing false', async () => {
  const other = await startTestApi({ streams });
  const { goal } = await other.client.submitGoal({ workflow: 'listens' });
  const answer = await fetch(`${other.baseUrl}/v1/goals/${goal.goalId}/events/stream?until=finished`);
  const text = answer.text().catch(() => '');
  await other.close();
  expect(await text).not.toContain('event: end');
});

test('[API154] a stream ends when its reader would be let in no more, and nobody else’s does', async () => {
  const other = await startTestApi({ streams: { ...streams, readmitMs: 50 } });
  await other.client.createTenant({ tenantId: 'north', owner: 'nora' });
  const follow = (who: string) =>
    fetch(`${other.baseUrl}/v1/events/stream`, { headers: { authorization: `Bearer ${who}` } });
  const [theirs, ours] = await Promise.all([follow('viewer@north'), follow('viewer@default')]);
  let isOver = false;
  const ended = theirs.text().then(() => (isOver = true));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(isOver).toBe(false);
  await other.client.changeTenant('north', { state: 'suspended' });
  await ended;
  expect((await follow('viewer@north')).status).toBe(403);
  const reader = ours.body?.getReader();
  expect((await reader?.read())?.done).toBe(false);
  await reader?.cancel();
  await other.close();
});

test('[API154] a stream that is left open does not count as use of the session', async () => {
  const other = await startTestApi({ streams: { ...streams, readmitMs: 20 } });
  const visitor = new Visitor(other.baseUrl);
  await visitor.logIn('owner', (await givePassword(other.services.identity))!);
  const stream = await visitor.visit('/v1/events/stream');
  expect(stream.status).toBe(200);
  const ended = stream.text();
  other.clock.now += 40 * 60_000;
  await new Promise((resolve) => setTimeout(resolve, 200));
  other.clock.now += 40 * 60_000;
  await ended;
  expect((await visitor.visit('/v1/goals')).status).toBe(401);
  await other.close();
});
