import type { GoalId, TenantId } from '@chorale/lib-ids';
import { expect, test } from 'vitest';
import { InProcessBus } from './in-process-bus.ts';
import { LiveListener } from './live-listener.ts';
import { LiveSpeaker, type Speech } from './live-speaker.ts';
import type { LiveText } from './live-text.ts';

const north = 'north' as TenantId;
const goal = 'goal_1' as GoalId;
const plain = () => ({ push: (piece: string) => piece, end: () => '' });
const speech: Speech = {
  tenantId: north,
  goalId: goal,
  heardAt: [goal],
  taskNo: 2,
  agent: 'scout',
  callId: 'call_1',
  redact: plain,
};

async function open() {
  let now = 0;
  const timers = new Map<() => void, number>();
  const schedule = (delayMs: number, callback: () => void): (() => void) => {
    timers.set(callback, now + delayMs);
    return () => timers.delete(callback);
  };
  const bus = new InProcessBus({ now: () => now, schedule, onError: (error) => expect(error).toBeUndefined() });
  const speaker = await LiveSpeaker.open({ bus, schedule, now: () => now });
  const listener = new LiveListener({ bus, schedule });
  return {
    bus,
    speaker,
    listener,
    /** Time goes by, and what was sent arrives. */
    async pass(ms: number) {
      now += ms;
      for (const [callback] of [...timers].filter(([, at]) => at <= now)) {
        timers.delete(callback);
        callback();
      }
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    },
    waiting: () => timers.size,
  };
}

const said = (heard: readonly LiveText[]) => heard.map(({ kind, from, text }) => `${kind} ${from} ${text}`);

test('[LV1] whoever listens hears what is said, gathered, each kind by itself, and the end', async () => {
  const at = await open();
  const heard: LiveText[] = [];
  await at.listener.listen({ tenantId: north, goalId: goal }, (text) => heard.push(text));
  await at.pass(0);
  const utterance = at.speaker.begin(speech);
  for (const word of ['One', ' after', ' another']) utterance?.say('text', word);
  await at.pass(100);
  utterance?.say('reasoning', 'Why?');
  utterance?.say('tool-call', 'search');
  utterance?.end();
  await at.pass(0);
  expect(said(heard)).toEqual(['text 0 One after another', 'reasoning 17 Why?', 'tool-call 21 search', 'end 27 ']);
  expect(heard[0]).toMatchObject({ goalId: goal, taskNo: 2, agent: 'scout', callId: 'call_1' });
});

test('[LV2] nothing is sent for what nobody listens to, of another goal, or after the listener has gone', async () => {
  const at = await open();
  const sent: string[] = [];
  await at.bus.subscribe({ pattern: '*.*.*.text', handle: ({ key }) => void sent.push(key) });
  expect(at.speaker.begin(speech)).toBeUndefined();
  const stop = await at.listener.listen({ tenantId: north, goalId: goal }, () => undefined);
  await at.pass(0);
  expect(at.speaker.begin({ ...speech, heardAt: ['goal_2' as GoalId] })).toBeUndefined();
  expect(at.speaker.begin({ ...speech, tenantId: 'south' as TenantId })).toBeUndefined();
  const utterance = at.speaker.begin(speech);
  for (let round = 0; round < 10; round++) await at.pass(2_000);
  utterance?.say('text', 'heard');
  await at.pass(100);
  expect(sent).toEqual(['north.goal_1.2.text']);
  stop();
  await at.pass(6_000);
  utterance?.say('text', 'lost');
  await at.pass(100);
  expect(sent).toHaveLength(1);
  expect(at.speaker.begin(speech)).toBeUndefined();
  expect(at.waiting()).toBe(0);
});

test('[LV3] what does not fit is dropped: who speaks never waits', async () => {
  const at = await open();
  const heard: LiveText[] = [];
  await at.listener.listen({ tenantId: north, goalId: goal }, (text) => heard.push(text));
  await at.pass(0);
  const utterance = at.speaker.begin(speech);
  for (let piece = 0; piece < 1_000; piece++) utterance?.say('text', 'x'.repeat(1_000));
  await at.pass(100);
  expect(heard).toHaveLength(1);
  expect(heard[0]?.text.length).toBeLessThanOrEqual(33 * 1024);
});

test('[LV4] a secret is taken out wherever the pieces are cut', async () => {
  const at = await open();
  const heard: LiveText[] = [];
  await at.listener.listen({ tenantId: north, goalId: goal }, (text) => heard.push(text));
  await at.pass(0);
  let held = '';
  const redact = () => ({
    push(piece: string) {
      held += piece;
      const ready = held.replaceAll('hunter2', '***');
      const keep = ready.length - 6;
      held = ready.slice(Math.max(0, keep));
      return ready.slice(0, Math.max(0, keep));
    },
    end: () => held,
  });
  const utterance = at.speaker.begin({ ...speech, redact });
  utterance?.say('text', 'it is hun');
  await at.pass(100);
  utterance?.say('text', 'ter2 now');
  await at.pass(100);
  utterance?.end();
  await at.pass(0);
  expect(heard.map(({ text }) => text).join('')).toBe('it is *** now');
});
