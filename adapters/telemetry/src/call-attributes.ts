// A call in the words of OpenTelemetry's conventions for generative AI (semantic conventions 1.41), and beside them our
// own under `chorale.`. What was said is in none of them.

import type { Attributes } from '@opentelemetry/api';
import type { Deployment, ModelCallRecord, ProviderKind } from '@chorale/module-models';

export interface ObservedCall {
  readonly record: ModelCallRecord;
  /** That answered; undefined when none did. */
  readonly deployment: Deployment | undefined;
}

/** The well-known names; a kind without one is named as we name it. */
const providerNames: Readonly<Partial<Record<ProviderKind, string>>> = {
  google: 'gcp.gemini',
  mistral: 'mistral_ai',
  bedrock: 'aws.bedrock',
};

const operationNames: Readonly<Record<ModelCallRecord['operation'], string>> = {
  chat: 'chat',
  embeddings: 'embeddings',
  speech: 'generate_content',
  transcription: 'generate_content',
};

const nanoPerDollar = 1e9;

/** What metrics carry too: few values each, or every call would be a series of its own. */
export function sharedAttributes({ record, deployment }: ObservedCall): Attributes {
  return {
    'gen_ai.operation.name': operationNames[record.operation],
    'gen_ai.provider.name': deployment === undefined ? 'chorale' : (providerNames[deployment.kind] ?? deployment.kind),
    'gen_ai.request.model': requestModel({ record, deployment }),
    ...(deployment === undefined ? {} : { 'gen_ai.response.model': deployment.model, ...serverOf(deployment.baseUrl) }),
    ...(record.failure === undefined ? {} : { 'error.type': record.failure.code }),
  };
}

/** A name that no deployment has is not repeated: whoever asks could make any number of series. */
function requestModel({ record, deployment }: ObservedCall): string {
  const [asked] = record.requested;
  const known = record.candidates.some(({ excluded }) => excluded?.why !== 'not-asked-for');
  return asked !== undefined && known ? asked : (deployment?.model ?? 'auto');
}

function serverOf(baseUrl: string): Attributes {
  if (!URL.canParse(baseUrl)) return {};
  const { hostname, port, protocol } = new URL(baseUrl);
  return {
    'server.address': hostname,
    'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
}

export function spanAttributes(call: ObservedCall): Attributes {
  const { record } = call;
  const { usage } = record;
  return {
    ...sharedAttributes(call),
    ...(usage === undefined
      ? {}
      : {
          'gen_ai.usage.input_tokens': usage.inputTokens,
          'gen_ai.usage.output_tokens': usage.outputTokens,
          'gen_ai.usage.cache_read.input_tokens': usage.cachedInputTokens,
          'gen_ai.usage.cache_creation.input_tokens': usage.cacheWriteTokens,
          'gen_ai.usage.reasoning.output_tokens': usage.reasoningTokens,
        }),
    ...(record.agent === undefined ? {} : { 'gen_ai.agent.name': record.agent }),
    ...(record.goalId === undefined ? {} : { 'chorale.goal.id': record.goalId }),
    ...(record.keyId === undefined ? {} : { 'chorale.key.id': record.keyId }),
    ...(record.deploymentId === undefined ? {} : { 'chorale.deployment.id': record.deploymentId }),
    'chorale.call.id': record.callId,
    'chorale.tenant.id': record.tenantId,
    'chorale.strategy': record.strategy,
    'chorale.task_class': record.taskClass,
    'chorale.data_class': record.dataClass,
    'chorale.masked': record.masked,
    'chorale.tries': record.tries.length,
    'chorale.cache': record.cache,
    'chorale.cost.usd': record.cost / nanoPerDollar,
  };
}
