// Messages as this process has them: the mailboxes in the store, who is woken when something comes, and the sweeping.
import { createArgumentCompiler } from '@chorale/module-agents';
import {
  answerId,
  LiveListener,
  LiveSpeaker,
  MailboxWatch,
  replyMailbox,
  type Bus,
  type Message,
  type MessageStore,
  type SchemaCheck,
} from '@chorale/module-messaging';
import type { TenantId } from '@chorale/lib-ids';
import type { Clock } from '@chorale/lib-time';
import { Beat, type BeatPorts } from '../process/beat.ts';

export interface MessageServices {
  readonly messages: MessageStore;
  readonly watch: Pick<MailboxWatch, 'waitFor'>;
  readonly checkSchema: SchemaCheck;
  /** Hears what models say to agents, at this process and others. */
  readonly live: Pick<LiveListener, 'listen'>;
  /** Says it, for the agents of this process. */
  readonly speaker: Pick<LiveSpeaker, 'begin'>;
}

export async function openMessages(
  messages: MessageStore,
  bus: Bus,
  clock: Clock,
): Promise<MessageServices & { close(): Promise<void> }> {
  const schedule = (delayMs: number, callback: () => void): (() => void) => clock.schedule(delayMs, callback);
  const watch = await MailboxWatch.open({ messages, bus, schedule });
  const live = new LiveListener({ bus, schedule });
  const speaker = await LiveSpeaker.open({ bus, schedule, now: () => clock.now() });
  return {
    messages,
    watch,
    checkSchema: createSchemaCheck(),
    live,
    speaker,
    async close() {
      await Promise.all([watch.close(), live.close(), speaker.close()]);
    },
  };
}

/** Compiled schemas are kept: compiling takes a thousand times a check. */
const compiledMax = 200;

function createSchemaCheck(): SchemaCheck {
  const compiled = new Map<string, ReturnType<ReturnType<typeof createArgumentCompiler>>>();
  return (schema, value) => {
    const text = JSON.stringify(schema);
    let check = compiled.get(text);
    if (check === undefined) {
      check = createArgumentCompiler()(schema);
      if (compiled.size >= compiledMax) compiled.clear();
      compiled.set(text, check);
    }
    return check(value).mistakes;
  };
}

export interface AwaitedAnswer {
  readonly tenantId: TenantId;
  /** The question's. */
  readonly messageId: string;
}

/** Undefined when nobody has answered by `until`, or when `isOver` says that nobody waits any more. */
export async function awaitAnswer(
  { messages, watch }: Pick<MessageServices, 'messages' | 'watch'>,
  { tenantId, messageId }: AwaitedAnswer,
  isOver: () => boolean,
): Promise<Message | undefined> {
  const mailbox = replyMailbox(messageId);
  for (;;) {
    // Before the rows are read: what comes in between wakes.
    const woken = watch.waitFor(tenantId, [mailbox]);
    const answer = await messages.findMessage(tenantId, mailbox, answerId);
    if (answer !== undefined || isOver()) return answer;
    await woken;
  }
}

const dueMax = 200;

/** Ends what has expired where nobody takes, and forgets what ended long ago. */
export function sweepMailboxes(messages: Pick<MessageStore, 'execute' | 'findDueMailboxes'>, ports: BeatPorts): Beat {
  return new Beat(ports, {
    name: 'mailbox sweeping',
    everyMs: 60_000,
    complaint: 'mailboxes cannot be swept',
    async round(isEnding) {
      for (;;) {
        const due = await messages.findDueMailboxes(dueMax);
        for (const one of due) {
          if (isEnding()) return;
          await messages.execute({ command: 'sweep-mailbox', ...one });
        }
        if (due.length < dueMax) return;
      }
    },
  });
}
