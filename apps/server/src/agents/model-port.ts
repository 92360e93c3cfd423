// The models as agents call them: through the router, each answer kept before it is given, so that a call that is made
// again under its id after a crash is answered from there and not paid for twice. Where somebody listens, an answer is
// streamed and said while it comes; one that breaks off then is asked for again as a whole, as where nobody listens.

import type { ModelPort, ModelReply } from '@chorale/module-agents';
import { ChoraleError } from '@chorale/lib-errors';
import type { GoalId } from '@chorale/lib-ids';
import type { LiveSpeaker, Speech, Utterance } from '@chorale/module-messaging';
import { type CallContext, type ChatEvent, collectReply, type ModelCallRecord } from '@chorale/module-models';
import type { ModelServices } from '../models/model-services.ts';

/** A verdict comes within the turn that the call began. */
const recordsMax = 1_000;

/** Where what a model says is heard while it says it. */
export interface Voice {
  readonly speaker: Pick<LiveSpeaker, 'begin'>;
  readonly goalId: GoalId;
  readonly redact: Speech['redact'];
}

export function createModelPort(
  { route, noteOutcome }: Pick<ModelServices, 'route' | 'noteOutcome'>,
  voice?: Voice,
): ModelPort {
  const records = new Map<string, ModelCallRecord>();
  return {
    async call(request, context, signal): Promise<ModelReply> {
      const ask = async (said: Utterance | undefined) => {
        const body = { form: 'chat', request } as const;
        const routed = await route({ context, body, stream: said !== undefined, signal, keepReply: true });
        const { answer } = routed;
        if (said === undefined || answer.form !== 'chat') return { routed, reply: await collectReply(answer) };
        return { routed, reply: await collectReply({ ...answer, events: sayAloud(answer.events, said) }) };
      };
      const said = voice && beginSpeech(voice, context);
      const { routed, reply } = await ask(said)
        .catch((error: unknown) => {
          if (said === undefined || signal.aborted || !isBrokenOff(error)) throw error;
          return ask(undefined);
        })
        .finally(() => said?.end());
      const record = await routed.finished;
      if (record !== undefined) remember(records, record);
      return {
        ...reply,
        callId: context.callId,
        deploymentId: record?.deploymentId ?? routed.deployment?.id ?? `${reply.by.provider}/${reply.by.model}`,
        cost: record?.cost ?? 0,
        cache: routed.source === 'cache' ? 'exact' : 'none',
      };
    },
    rate(callId, good) {
      const record = records.get(callId);
      records.delete(callId);
      if (record !== undefined) noteOutcome(record, good);
    },
  };
}

function beginSpeech({ speaker, goalId, redact }: Voice, context: CallContext): Utterance | undefined {
  const { tenantId, taskNo, agent, callId } = context;
  if (taskNo === undefined || agent === undefined) return undefined;
  const heardAt = context.goalId === undefined ? [goalId] : [goalId, context.goalId];
  return speaker.begin({ tenantId, goalId, heardAt, taskNo, agent, callId, redact });
}

async function* sayAloud(events: AsyncIterable<ChatEvent>, said: Utterance): AsyncGenerator<ChatEvent> {
  for await (const event of events) {
    if (event.type === 'text' || event.type === 'reasoning') said.say(event.type, event.delta);
    else if (event.type === 'tool-call-start') said.say('tool-call', event.name);
    yield event;
  }
}

function isBrokenOff(error: unknown): boolean {
  return error instanceof ChoraleError && error.code === 'answer-broken' && error.family === 'temporary';
}

function remember(records: Map<string, ModelCallRecord>, record: ModelCallRecord): void {
  records.set(record.callId, record);
  const [oldest] = records.keys();
  if (records.size > recordsMax && oldest !== undefined) records.delete(oldest);
}
