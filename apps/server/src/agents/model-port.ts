// The models as agents call them: through the router, each answer kept before it is given, so that a call that is made
// again under its id after a crash is answered from there and not paid for twice.

import type { ModelPort, ModelReply } from '@chorale/module-agents';
import { collectReply, type ModelCallRecord } from '@chorale/module-models';
import type { ModelServices } from '../models/model-services.ts';

/** A verdict comes within the turn that the call began. */
const recordsMax = 1_000;

export function createModelPort({ route, noteOutcome }: Pick<ModelServices, 'route' | 'noteOutcome'>): ModelPort {
  const records = new Map<string, ModelCallRecord>();
  return {
    async call(request, context, signal): Promise<ModelReply> {
      const routed = await route({
        context,
        body: { form: 'chat', request },
        stream: false,
        signal,
        keepReply: true,
      });
      const reply = await collectReply(routed.answer);
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

function remember(records: Map<string, ModelCallRecord>, record: ModelCallRecord): void {
  records.set(record.callId, record);
  const [oldest] = records.keys();
  if (records.size > recordsMax && oldest !== undefined) records.delete(oldest);
}
