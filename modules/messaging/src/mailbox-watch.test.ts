import type { TenantId } from '@chorale/lib-ids';
import { expect, test } from 'vitest';
import { InProcessBus } from './in-process-bus.ts';
import { MailboxWatch } from './mailbox-watch.ts';
import type { PostedHint } from './message-store.ts';

const tenant = 'north' as TenantId;

interface Timer {
  readonly callback: () => void;
}

async function openWatches(): Promise<{
  readonly here: MailboxWatch;
  readonly there: MailboxWatch;
  readonly post: (mailbox: string) => void;
  readonly passPoll: () => void;
}> {
  const timers = new Set<Timer>();
  const schedule = (_delayMs: number, callback: () => void): (() => void) => {
    const timer = { callback };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  const bus = new InProcessBus({ now: () => 0, schedule, onError: (error) => expect(error).toBeUndefined() });
  const listeners = new Set<(hint: PostedHint) => void>();
  const messages = {
    onPosted(listener: (hint: PostedHint) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    here: await MailboxWatch.open({ messages, bus, schedule }),
    there: await MailboxWatch.open({ messages: { onPosted: () => () => undefined }, bus, schedule }),
    post: (mailbox) => {
      for (const listener of listeners) listener({ tenantId: tenant, mailboxes: [mailbox] });
    },
    passPoll: () => {
      for (const timer of timers) timer.callback();
    },
  };
}

test('[BU7] who waits is woken by this process and by another, and for its own mailboxes only', async () => {
  const { here, there, post } = await openWatches();
  const woken: string[] = [];
  const wait = (watch: MailboxWatch, name: string, mailbox: string): Promise<unknown> =>
    watch.waitFor(tenant, ['agent:cleo', mailbox]).then(() => woken.push(name));
  const both = Promise.all([wait(here, 'here', 'agent:ben'), wait(there, 'there', 'agent:ben')]);
  void wait(here, 'not this', 'agent:anna');
  post('agent:ben');
  await both;
  expect(woken.toSorted()).toEqual(['here', 'there']);
});

test('[BU7] who waits looks by itself after a while, and at the end', async () => {
  const { here, passPoll } = await openWatches();
  const waiting = here.waitFor(tenant, ['agent:ben']);
  passPoll();
  await expect(waiting).resolves.toBeUndefined();
  const last = here.waitFor(tenant, ['agent:ben']);
  await here.close();
  await expect(last).resolves.toBeUndefined();
});
