// The models as agents call them: through the router, each answer kept before it is given, so that a call that is made
// again under its id after a crash is answered from there and not paid for twice.

import type { ModelPort, ModelReply } from '@chorale/module-agents';
import { collectReply } from '@chorale/module-models';
import type { ModelServices } from '../models/model-services.ts';

export function createModelPort({ route }: Pick<ModelServices, 'route'>): ModelPort {
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
      return {
        ...reply,
        callId: context.callId,
        deploymentId: record?.deploymentId ?? routed.deployment?.id ?? `${reply.by.provider}/${reply.by.model}`,
        cost: record?.cost ?? 0,
        cache: routed.source === 'cache' ? 'exact' : 'none',
      };
    },
  };
}
