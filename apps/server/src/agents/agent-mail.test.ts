import { openSqliteStores } from '@chorale/adapter-sqlite';
import { defaultProject, defaultTenant, makeId } from '@chorale/lib-ids';
import { AttemptStop, type AttemptRequest, type MailOwner } from '@chorale/module-agents';
import { InProcessBus, sendMessage } from '@chorale/module-messaging';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMessages, type MessageServices } from '../messages/open-messages.ts';
import { systemClock } from '../process/clock.ts';
import { createAgentMail } from './agent-mail.ts';

let services: MessageServices;
let close: () => Promise<void>;
beforeAll(async () => {
  const stores = await openSqliteStores({ path: ':memory:' });
  const onError = (error: unknown): void => expect(error).toBeUndefined();
  const opened = await openMessages(stores.messages, new InProcessBus({ ...systemClock, onError }), systemClock);
  services = opened;
  close = async () => {
    await opened.close();
    await stores.close();
  };
});
afterAll(() => close());

const goalOf = (): string => makeId('goal', Date.now(), Math.random);

function owner(agent: string, role: string, goalId: string): MailOwner {
  return ownerIn(defaultProject, { agent, role, goalId });
}

function ownerIn(
  projectId: string,
  { agent, role, goalId }: { readonly agent: string; readonly role: string; readonly goalId: string },
): MailOwner {
  const task = { tenantId: defaultTenant, goalId };
  return { agent, role, request: { claimed: { task, goal: { projectId } } } as unknown as AttemptRequest };
}

test('[ML1] agents of one goal hear each other by name, role, topic and all together, and no other goal does', async () => {
  const mail = createAgentMail(services, systemClock);
  const [here, elsewhere] = [goalOf(), goalOf()];
  const anna = owner('Anna', 'Writer', here);
  const ben = owner('ben', 'Security reviewer', here);
  const benElsewhere = owner('ben', 'Security reviewer', elsewhere);
  const signal = new AttemptStop();
  const take = (takeId: string, waitMs = 0) => ({ takeId, waitMs, topics: ['news'] });
  expect(await mail.receive(ben, take('t1'), signal)).toEqual([]);
  expect(await mail.receive(benElsewhere, take('t2'), signal)).toEqual([]);
  const waiting = mail.receive(ben, take('t3', 20_000), signal);
  expect(await mail.send(anna, { messageId: 'm1', to: { agent: 'ben' }, payload: 1 })).toBe(1);
  expect(await waiting).toMatchObject([{ messageId: 'm1', from: `agent:anna@${here}`, payload: 1 }]);
  expect(await mail.send(anna, { messageId: 'm2', to: { role: 'security reviewer' }, payload: 2 })).toBe(1);
  expect(await mail.send(anna, { messageId: 'm3', to: { topic: 'news' }, payload: 3 })).toBe(1);
  expect(await mail.send(anna, { messageId: 'm4', to: { everyone: true }, payload: 4 })).toBe(1);
  await mail.settle(ben, 't3', await waiting);
  const got = await mail.receive(ben, take('t4'), signal);
  expect(got.map(({ payload }) => payload)).toEqual([3, 4, 2]);
  // The same take again, as by the worker that goes on after a loss.
  expect(await mail.receive(ben, take('t4'), signal)).toEqual(got);
  expect(await mail.receive(benElsewhere, take('t5'), signal)).toEqual([]);
});

test('[ML3] who asks is answered, or goes on without', async () => {
  const mail = createAgentMail(services, systemClock);
  const goal = goalOf();
  const [anna, ben] = [owner('anna', 'Writer', goal), owner('ben', 'Reader', goal)];
  const signal = new AttemptStop();
  await mail.send(anna, { messageId: 'q1', to: { agent: 'ben' }, payload: 'how long?', question: true });
  const answered = mail.awaitAnswer(anna, { messageId: 'q1', waitMs: 20_000 }, signal);
  const [question] = await mail.receive(ben, { takeId: 'tq', waitMs: 0, topics: [] }, signal);
  expect(question).toMatchObject({ question: true, payload: 'how long?' });
  expect(await mail.answer(ben, { ...question!, payload: 'an hour' })).toBe(true);
  expect(await answered).toMatchObject({ from: `agent:ben@${goal}`, payload: 'an hour' });
  await mail.send(anna, { messageId: 'q2', to: { agent: 'ben' }, payload: 'and then?', question: true });
  signal.stop('cancel');
  expect(await mail.awaitAnswer(anna, { messageId: 'q2', waitMs: 20_000 }, signal)).toBeUndefined();
});

test('[ML6] what lies in the mailboxes of no goal is not given to agents of other projects than the default one', async () => {
  const mail = createAgentMail(services, systemClock);
  const signal = new AttemptStop();
  const letter = { tenantId: defaultTenant, messageId: 'm9', sender: 'person:ann', address: 'agent:zoe', payload: 9 };
  await sendMessage(services, letter);
  const take = (takeId: string) => ({ takeId, waitMs: 0, topics: [] });
  expect(
    await mail.receive(ownerIn('alpha', { agent: 'zoe', role: 'Reader', goalId: goalOf() }), take('p1'), signal),
  ).toEqual([]);
  expect(await mail.receive(owner('zoe', 'Reader', goalOf()), take('p2'), signal)).toMatchObject([{ payload: 9 }]);
});
