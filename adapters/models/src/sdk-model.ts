// The provider package that translates for a deployment, loaded when its wire format is first spoken: each takes a tenth
// of a second and some megabytes. It never sees a key: the request it makes is sent by our own transport, which says who
// we are.

import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { Deployment } from '@chorale/module-models';

/** Without one the packages would look for a key in the environment. */
const noKey = 'sent-by-the-transport';

export async function sdkModel(deployment: Deployment, fetch: typeof globalThis.fetch): Promise<LanguageModelV4> {
  const { baseUrl: baseURL, model, wire, kind } = deployment;
  const settings = { baseURL, apiKey: noKey, fetch };
  switch (wire) {
    case 'openai-chat': {
      if (kind === 'openai') return (await openAi()).createOpenAI(settings).chat(model);
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      const supportsStructuredOutputs = deployment.capabilities.includes('json-schema');
      const name = 'compatible';
      return createOpenAICompatible({ ...settings, name, includeUsage: true, supportsStructuredOutputs }).chatModel(
        model,
      );
    }
    case 'openai-responses':
      return (await openAi()).createOpenAI(settings).responses(model);
    case 'anthropic-messages': {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      return createAnthropic(settings).messages(model);
    }
    case 'google-generate': {
      const { createGoogle } = await import('@ai-sdk/google');
      return createGoogle(settings).chat(model);
    }
    case 'mistral-chat': {
      const { createMistral } = await import('@ai-sdk/mistral');
      return createMistral(settings).chat(model);
    }
    case 'bedrock-converse': {
      const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock');
      return createAmazonBedrock(settings)(model);
    }
  }
}

const openAi = () => import('@ai-sdk/openai');
