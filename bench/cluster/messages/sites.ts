// Two processes' worth of stores on one database, which wake each other over the broker.

import { openPostgresStores, type PostgresStores } from '@chorale/adapter-postgres';
import { openRabbitBus } from '@chorale/adapter-rabbitmq';
import type { TenantId } from '@chorale/lib-ids';
import { answerId, MailboxWatch, replyMailbox, type Bus } from '@chorale/module-messaging';
import { broker, type OwnSchema } from '../services.ts';

const tenantId = 'bench' as TenantId;
const senders = 20;
const mailboxes = 50;
const leaseMs = 60_000;
const takeMax = 10;
const payload = { text: 'x'.repeat(200) };

interface Site {
  readonly stores: PostgresStores;
  readonly bus: Bus;
  readonly watch: MailboxWatch;
}

export interface Sites {
  send(count: number): Promise<{ readonly sentPerSecond: number }>;
  /** Takes and ends what lies there, up to `count`; messages a second. */
  handle(count: number): Promise<number>;
  /** Milliseconds from question to answer, one after the other. */
  ask(count: number): Promise<readonly number[]>;
  request(count: number): Promise<readonly number[]>;
  close(): Promise<void>;
}

export async function openSites(schema: OwnSchema): Promise<Sites> {
  const [here, there] = [await openSite(schema), await openSite(schema)];
  let run = 0;
  return {
    async send(count) {
      run += 1;
      const begun = performance.now();
      const { messages } = here.stores;
      const sends = Array.from({ length: count }, (_, no) =>
        messages.execute({
          command: 'post-message',
          tenantId,
          messageId: `${run}-${no}`,
          sender: `agent:sender-${no % senders}`,
          // A mailbox takes 10,000: each round has its own.
          address: `agent:reader-${run}-${no % mailboxes}`,
          payload,
        }),
      );
      await Promise.all(sends);
      return { sentPerSecond: (count / (performance.now() - begun)) * 1_000 };
    },
    handle: (count) => handle(there, { run, count }),
    ask: (count) => ask(here, there, count),
    async request(count) {
      const stop = await there.bus.serve('echo', (question) => question);
      const took: number[] = [];
      for (let no = 0; no < count; no++) {
        const begun = performance.now();
        await here.bus.request('echo', { no }, { timeoutMs: 10_000 });
        took.push(performance.now() - begun);
      }
      await stop();
      return took;
    },
    async close() {
      for (const { stores, bus, watch } of [here, there]) {
        await watch.close();
        await bus.close();
        await stores.close();
      }
    },
  };
}

async function openSite({ url, schema }: OwnSchema): Promise<Site> {
  const bus = await openRabbitBus({
    url: broker,
    prefix: schema,
    onError(error) {
      throw error;
    },
  });
  if (!bus.isUp) throw new Error(`no broker answers at ${broker}. Start RabbitMQ or set CHORALE_TEST_RABBITMQ.`);
  const stores = await openPostgresStores({ url, schema });
  const schedule = (delayMs: number, callback: () => void): (() => void) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  };
  return { stores, bus, watch: await MailboxWatch.open({ messages: stores.messages, bus, schedule }) };
}

async function handle(
  { stores }: Site,
  { run, count }: { readonly run: number; readonly count: number },
): Promise<number> {
  const begun = performance.now();
  let handled = 0;
  const work = async (mailbox: string): Promise<void> => {
    for (let turn = 0; ; turn++) {
      const takeId = `${mailbox}-${turn}`;
      const take = { command: 'take-messages', tenantId, mailboxes: [mailbox], takeId, max: 500, leaseMs } as const;
      const { messages } = await stores.messages.execute(take);
      if (messages.length === 0) return;
      handled += messages.length;
      const messageIds = messages.map(({ messageId }) => messageId);
      const outcome = 'handled' as const;
      await stores.messages.execute({ command: 'settle-messages', tenantId, mailbox, takeId, messageIds, outcome });
    }
  };
  await Promise.all(Array.from({ length: mailboxes }, (_, no) => work(`agent:reader-${run}-${no}`)));
  if (handled !== count) throw new Error(`${handled} of ${count} messages were handled.`);
  return (handled / (performance.now() - begun)) * 1_000;
}

async function ask(here: Site, there: Site, count: number): Promise<readonly number[]> {
  const mailbox = 'agent:oracle';
  let answered = 0;
  const answering = async (): Promise<void> => {
    while (answered < count) {
      const woken = there.watch.waitFor(tenantId, [mailbox]);
      const takeId = `answer-${answered}`;
      const take = { command: 'take-messages', tenantId, mailboxes: [mailbox], takeId, max: takeMax, leaseMs } as const;
      const { messages } = await there.stores.messages.execute(take);
      for (const { messageId } of messages) {
        const answer = { command: 'answer-question', tenantId, mailbox, messageId, sender: mailbox, payload } as const;
        await there.stores.messages.execute(answer);
        answered += 1;
      }
      // What comes after this take was sent wakes; only a full one leaves more behind.
      if (messages.length < takeMax) await woken;
    }
  };
  const working = answering();
  const took: number[] = [];
  for (let no = 0; no < count; no++) {
    const messageId = `question-${no}`;
    const begun = performance.now();
    const question = { command: 'post-message', tenantId, messageId, sender: 'agent:asker', address: mailbox } as const;
    await here.stores.messages.execute({ ...question, payload, question: true });
    await untilAnswered(here, messageId);
    took.push(performance.now() - begun);
  }
  await working;
  return took;
}

async function untilAnswered({ stores, watch }: Site, messageId: string): Promise<void> {
  const mailbox = replyMailbox(messageId);
  for (;;) {
    const woken = watch.waitFor(tenantId, [mailbox]);
    if ((await stores.messages.findMessage(tenantId, mailbox, answerId)) !== undefined) return;
    await woken;
  }
}
