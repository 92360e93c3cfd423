import { beforeEach, describe, expect, test } from 'vitest';
import { openLog } from './log.ts';
import { superviseServices, type Service, type Supervision } from './service.ts';

let events: string[];
let lines: string[];
let ask: (reason: string) => void;
let urge: () => void;
let supervision: Supervision;

beforeEach(() => {
  events = [];
  lines = [];
  supervision = {
    asked: new Promise((resolve) => (ask = resolve)),
    urged: new Promise((resolve) => (urge = resolve)),
    log: openLog({ level: 'debug', format: 'text', now: () => 0, write: (line) => void lines.push(line) }),
    drainMs: 60_000,
  };
});

describe('supervision', () => {
  test('[SV2] drains and stops in the reverse of the order in which services run, and gives 0 when it was asked to', async () => {
    const ended = superviseServices([makeService('a'), makeService('b')], supervision);
    ask('enough');
    expect(await ended).toBe(0);
    expect(events).toEqual(['run a', 'run b', 'drain b', 'stop b', 'drain a', 'stop a']);
  });

  test('[SV1] ends all when one fails, and gives 1', async () => {
    const failing = makeService('b', { run: () => Promise.reject(new Error('broke')) });
    expect(await superviseServices([makeService('a'), failing], supervision)).toBe(1);
    expect(events).toContain('stop a');
    expect(lines.join('')).toContain('b failed');
  });

  test('[SV1] ends all when one ends unasked', async () => {
    const short = makeService('b', { run: () => Promise.resolve() });
    expect(await superviseServices([makeService('a'), short], supervision)).toBe(1);
    expect(lines.join('')).toContain('b ended unasked');
  });

  test('[SV3] does not wait longer than the time for draining', async () => {
    const slow = makeService('a', { drain: () => new Promise(() => {}) });
    const ended = superviseServices([slow], { ...supervision, drainMs: 1 });
    ask('enough');
    expect(await ended).toBe(0);
    expect(events).toContain('stop a');
  });

  test('[SV3] does not wait at all for whoever asks twice', async () => {
    const slow = makeService('a', { drain: () => new Promise(() => {}) });
    const ended = superviseServices([slow], supervision);
    ask('enough');
    urge();
    expect(await ended).toBe(0);
  });

  test('a service that fails to drain does not keep the others from ending', async () => {
    const odd = makeService('b', { drain: () => Promise.reject(new Error('cannot')) });
    const ended = superviseServices([makeService('a'), odd], supervision);
    ask('enough');
    await ended;
    expect(events).toContain('stop a');
    expect(events).toContain('stop b');
  });
});

function makeService(name: string, over: Partial<Service> = {}): Service {
  let end: () => void = () => {};
  const running = new Promise<void>((resolve) => (end = resolve));
  return {
    name,
    run() {
      events.push(`run ${name}`);
      return running;
    },
    async drain() {
      events.push(`drain ${name}`);
    },
    async stop() {
      events.push(`stop ${name}`);
      end();
    },
    ...over,
  };
}
