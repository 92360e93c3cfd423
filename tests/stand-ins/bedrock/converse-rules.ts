// What Converse demands beyond the fields themselves: order, pairs, signatures.

import type { VendorModel, VendorState } from '../core/protocol.ts';
import type { ConverseBody, ConverseMessage } from './converse-body.ts';
import { invalid } from './invalid.ts';

/** @throws VendorError */
export function checkConverse(body: ConverseBody, model: VendorModel, state: VendorState): void {
  const maxTokens = body.inferenceConfig?.maxTokens ?? 0;
  if (model.outputTokensMax !== undefined && maxTokens > model.outputTokensMax)
    throw invalid(`The maximum tokens you requested exceeds the model limit of ${model.outputTokensMax}.`);
  checkRoles(body.messages);
  checkTools(body);
  for (const [index, message] of body.messages.entries()) {
    checkBlocks(message, index);
    checkPairs(body.messages, index);
    checkSignatures(message, index, state);
  }
  checkThinking(body, model);
}

function checkRoles(messages: readonly ConverseMessage[]): void {
  if (messages[0]?.role !== 'user')
    throw invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  if (messages.at(-1)?.role !== 'user')
    throw invalid(
      'A conversation must end with a user message. Try again with a conversation that ends with a user message.',
    );
  const twice = messages.findIndex(({ role }, index) => role === messages[index - 1]?.role);
  if (twice > 0)
    throw invalid(
      'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
    );
}

function checkTools({ messages, toolConfig }: ConverseBody): void {
  const names = (toolConfig?.tools ?? []).flatMap((tool) => ('toolSpec' in tool ? [tool.toolSpec] : []));
  if (new Set(names.map(({ name }) => name)).size < names.length)
    throw invalid('The toolConfig has two tools of one name.');
  for (const { name, inputSchema } of names)
    if (inputSchema.json['type'] !== 'object')
      throw invalid(
        `The value at toolConfig.tools.${name}.toolSpec.inputSchema.json.type must be one of the following: object.`,
      );
  const chosen = toolConfig?.toolChoice?.tool?.name;
  if (chosen !== undefined && names.every(({ name }) => name !== chosen))
    throw invalid(`The tool ${chosen} of toolChoice is not among the tools.`);
  const used = messages.some(({ content }) => content.some((block) => 'toolUse' in block || 'toolResult' in block));
  if (used && toolConfig === undefined)
    throw invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
}

function checkBlocks({ role, content }: ConverseMessage, index: number): void {
  for (const [at, block] of content.entries()) {
    const path = `messages.${index}.content.${at}`;
    const byModel = 'toolUse' in block || 'reasoningContent' in block;
    const byUser = 'toolResult' in block || 'image' in block;
    if ((role === 'user' && byModel) || (role === 'assistant' && byUser))
      throw invalid(`${path}: a message of the role ${role} cannot have such a content block.`);
    const texts = 'toolResult' in block ? block.toolResult.content : [block];
    if (texts.some((part) => 'text' in part && part.text.trim() === ''))
      throw invalid(
        `The text field in the ContentBlock object at ${path} is blank. Add text to the text field, and try again.`,
      );
  }
}

const usesOf = (message: ConverseMessage | undefined): readonly string[] =>
  (message?.content ?? []).flatMap((block) => ('toolUse' in block ? [block.toolUse.toolUseId] : []));

const resultsOf = (message: ConverseMessage | undefined): readonly string[] =>
  (message?.content ?? []).flatMap((block) => ('toolResult' in block ? [block.toolResult.toolUseId] : []));

function checkPairs(messages: readonly ConverseMessage[], index: number): void {
  const uses = usesOf(messages[index]);
  if (new Set(uses).size < uses.length) throw invalid(`messages.${index}: toolUse ids must be unique.`);
  const answered = resultsOf(messages[index + 1]);
  const missing = uses.filter((id) => !answered.includes(id));
  if (missing.length > 0)
    throw invalid(
      `Expected toolResult blocks at messages.${index + 1}.content for the following Ids: ${missing.join(', ')}`,
    );
  const results = resultsOf(messages[index]);
  if (new Set(results).size < results.length) throw invalid(`messages.${index}: two toolResult blocks of one id.`);
  const asked = usesOf(messages[index - 1]);
  const loose = results.filter((id) => !asked.includes(id));
  if (loose.length > 0)
    throw invalid(
      `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn: ${loose.join(', ')}`,
    );
}

function checkSignatures({ content }: ConverseMessage, index: number, { signer }: VendorState): void {
  for (const [at, block] of content.entries()) {
    if (!('reasoningContent' in block) || !('reasoningText' in block.reasoningContent)) continue;
    const { text, signature } = block.reasoningContent.reasoningText;
    if (signature === undefined || !signer.verifies(text, signature))
      throw invalid(`messages.${index}.content.${at}: Invalid \`signature\` in \`thinking\` block`);
  }
}

export const isThinking = ({ additionalModelRequestFields: fields }: ConverseBody): boolean =>
  fields !== undefined && ('thinking' in fields || 'reasoningConfig' in fields);

/** As Anthropic's models do behind Bedrock: the round under way began with thoughts. */
function checkThinking(body: ConverseBody, model: VendorModel): void {
  if (!isThinking(body)) return;
  if (model.reasons !== true) throw invalid(`${model.id} does not support thinking.`);
  const { temperature } = body.inferenceConfig ?? {};
  if (temperature !== undefined && temperature !== 1)
    throw invalid('`temperature` may only be set to 1 when thinking is enabled.');
  const last = body.messages.findLast(({ role }) => role === 'assistant');
  if (last === undefined || resultsOf(body.messages.at(-1)).length === 0) return;
  if (usesOf(last).length > 0 && !('reasoningContent' in (last.content[0] ?? {})))
    throw invalid(
      'Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block.',
    );
}
