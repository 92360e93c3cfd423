// What /v1/messages demands beyond the fields themselves: order, pairs, signatures, marks and schemas.

import type { VendorModel, VendorState } from '../core/protocol.ts';
import { isObject } from '../core/shape.ts';
import { invalid, invalidAt } from './invalid.ts';
import { blocksOf, type Block, type Message, type MessagesBody } from './messages-body.ts';

const marksMax = 4;

/** @throws VendorError */
export function checkMessages(body: MessagesBody, model: VendorModel, state: VendorState): void {
  if (model.outputTokensMax !== undefined && body.max_tokens > model.outputTokensMax) {
    throw invalidAt(
      ['max_tokens'],
      `${body.max_tokens} > ${model.outputTokensMax}, which is the maximum allowed number of output tokens for ${model.id}`,
    );
  }
  checkThinking(body, model);
  checkTools(body);
  checkFormat(body);
  checkMarks(body);
  for (const [index, message] of body.messages.entries()) checkContent(message, index, body.messages.length);
  checkRoles(body);
  checkPairs(body.messages);
  checkSignatures(body, state);
  checkThinkingFirst(body);
}

/** As the vendor does: neighbours of one role are one turn. */
export function mergedTurns(
  messages: readonly Message[],
): readonly { role: Message['role']; blocks: readonly Block[] }[] {
  const turns: { role: Message['role']; blocks: readonly Block[] }[] = [];
  for (const { role, content } of messages) {
    const last = turns.at(-1);
    if (last?.role === role) turns[turns.length - 1] = { role, blocks: [...last.blocks, ...blocksOf(content)] };
    else turns.push({ role, blocks: blocksOf(content) });
  }
  return turns;
}

function checkThinking(body: MessagesBody, model: VendorModel): void {
  const thinking = body.thinking;
  if (model.adaptiveOnly === true) {
    const sampling = (['temperature', 'top_p', 'top_k'] as const).find((name) => body[name] !== undefined);
    if (sampling !== undefined) throw invalid(`\`${sampling}\` is deprecated for this model.`);
    if (thinking?.type === 'enabled') {
      throw invalid(
        '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
      );
    }
  }
  if (thinking === undefined || thinking.type === 'disabled') return;
  if (model.reasons !== true) throw invalid(`'${model.id}' does not support thinking.`);
  if (thinking.type === 'enabled' && thinking.budget_tokens >= body.max_tokens) {
    throw invalid(
      '`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size',
    );
  }
  if (body.temperature !== undefined && body.temperature !== 1) {
    throw invalid('`temperature` may only be set to 1 when thinking is enabled.');
  }
  if (body.top_k !== undefined) throw invalid('`top_k` must be unset when thinking is enabled.');
  if (body.top_p !== undefined && body.top_p < 0.95) {
    throw invalid('`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.');
  }
  if (body.tool_choice?.type === 'any' || body.tool_choice?.type === 'tool') {
    throw invalid('Thinking may not be enabled when tool_choice forces tool use.');
  }
}

function checkTools(body: MessagesBody): void {
  const tools = body.tools ?? [];
  const names = tools.map((tool) => tool.name);
  if (new Set(names).size < names.length) throw invalid('tools: Tool names must be unique.');
  for (const [index, tool] of tools.entries()) {
    const path = ['tools', index, 'custom', 'input_schema'];
    if (tool.input_schema['type'] === undefined) throw invalidAt([...path, 'type'], 'Field required');
    if (tool.input_schema['type'] !== 'object') throw invalidAt([...path, 'type'], `Input should be 'object'`);
    const combined = ['oneOf', 'allOf', 'anyOf'].find((keyword) => tool.input_schema[keyword] !== undefined);
    if (combined !== undefined) {
      throw invalidAt(path.slice(0, -1), 'input_schema does not support oneOf, allOf, or anyOf at the top level');
    }
    if (tool.strict === true) checkSubset(tool.input_schema, path.join('.'));
  }
  const choice = body.tool_choice;
  if (choice !== undefined && choice.type !== 'none' && tools.length === 0) {
    throw invalid('tool_choice may only be specified while providing tools');
  }
  if (choice?.type === 'tool' && !names.includes(choice.name ?? '')) {
    throw invalid(`Tool '${choice.name}' not found in provided tools`);
  }
  const used = body.messages.some(({ content }) =>
    blocksOf(content).some((block) => block.type === 'tool_use' || block.type === 'tool_result'),
  );
  if (used && tools.length === 0) {
    throw invalid('Requests which include `tool_use` or `tool_result` blocks must define tools.');
  }
}

function checkFormat(body: MessagesBody): void {
  const schema = body.output_config?.format?.schema;
  if (schema !== undefined) checkSubset(schema, 'output_config.format.schema');
}

const unsupportedOf: Readonly<Record<string, readonly string[]>> = {
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  string: ['minLength', 'maxLength'],
  array: ['maxItems', 'uniqueItems', 'contains'],
  object: ['minProperties', 'maxProperties', 'patternProperties', 'propertyNames'],
};

/** Where answers are held to a schema, only some of JSON Schema is taken. */
function checkSubset(schema: unknown, at: string): void {
  if (!isObject(schema)) return;
  for (const type of [schema['type']].flat()) {
    const unsupported = (unsupportedOf[String(type)] ?? []).filter((keyword) => schema[keyword] !== undefined);
    if (unsupported.length > 0) {
      throw invalid(`${at}: For '${String(type)}' type, properties ${unsupported.join(', ')} are not supported`);
    }
    if (type === 'object' && schema['additionalProperties'] !== false) {
      throw invalid(`${at}: For 'object' type, 'additionalProperties' must be explicitly set to false`);
    }
    const items = schema['minItems'];
    if (type === 'array' && items !== undefined && items !== 0 && items !== 1) {
      throw invalid(`${at}: For 'array' type, 'minItems' values other than 0 or 1 are not supported`);
    }
  }
  const refused = ['oneOf', 'not', 'if'].find((keyword) => schema[keyword] !== undefined);
  if (refused !== undefined) throw invalid(`${at}: Schema type '${refused}' is not supported`);
  const inner = [
    ...[schema['properties'], schema['$defs'], schema['definitions']].flatMap((group) =>
      isObject(group) ? Object.values(group) : [],
    ),
    ...[schema['anyOf'], schema['allOf']].flatMap((group) => (Array.isArray(group) ? (group as unknown[]) : [])),
    schema['items'],
  ];
  for (const member of inner) checkSubset(member, at);
}

function checkMarks(body: MessagesBody): void {
  const blocks = [
    body,
    ...(body.tools ?? []),
    ...(typeof body.system === 'string' ? [] : (body.system ?? [])),
    ...body.messages.flatMap(({ content }) =>
      blocksOf(content).flatMap((block) => [
        block,
        ...(block.type === 'tool_result' && typeof block.content !== 'string' ? (block.content ?? []) : []),
      ]),
    ),
  ];
  const marks = blocks.filter((block) => 'cache_control' in block && isObject(block.cache_control));
  if (marks.length > marksMax) {
    throw invalid(`A maximum of ${marksMax} blocks with cache_control may be provided. Found ${marks.length}.`);
  }
  const empty = marks.some((block) => 'type' in block && block.type === 'text' && block.text === '');
  if (empty) throw invalid('cache_control cannot be set for empty text blocks');
}

function checkContent({ role, content }: Message, index: number, count: number): void {
  const last = index === count - 1;
  if ((content === '' || content.length === 0) && !(last && role === 'assistant')) {
    throw invalidAt(
      ['messages', index],
      role === 'user'
        ? 'user messages must have non-empty content'
        : 'all messages must have non-empty content except for the optional final assistant message',
    );
  }
  for (const [at, block] of (typeof content === 'string' ? [] : content).entries()) {
    const path = ['messages', index, 'content', at];
    if (block.type === 'text' && block.text === '') throw invalid('messages: text content blocks must be non-empty');
    if (block.type === 'text' && block.text.trim() === '') {
      throw invalid('messages: text content blocks must contain non-whitespace text');
    }
    const byModel = block.type === 'tool_use' || block.type === 'thinking' || block.type === 'redacted_thinking';
    if (role === 'user' && byModel) {
      throw invalidAt(path, `\`${block.type}\` blocks can only be in \`assistant\` messages`);
    }
    if (role === 'assistant' && (block.type === 'tool_result' || block.type === 'image' || block.type === 'document')) {
      throw invalidAt(path, `\`${block.type}\` blocks can only be in \`user\` messages`);
    }
  }
}

function checkRoles(body: MessagesBody): void {
  if (body.messages[0]?.role !== 'user') throw invalid('messages: first message must use the "user" role');
  const last = body.messages.at(-1);
  if (last?.role !== 'assistant') return;
  // The model goes on from what it is said to have said already.
  const text = blocksOf(last.content).findLast((block) => block.type === 'text');
  if (text !== undefined && /\s$/.test(text.text)) {
    throw invalid('messages: final assistant content cannot end with trailing whitespace');
  }
  if (body.thinking !== undefined && body.thinking.type !== 'disabled') {
    throw invalid('This model does not support assistant message prefill when thinking is enabled.');
  }
}

function checkPairs(messages: readonly Message[]): void {
  const turns = mergedTurns(messages);
  const seen = new Set<string>();
  for (const [index, { role, blocks }] of turns.entries()) {
    if (role === 'user') {
      checkResults(blocks, index, turns[index - 1]?.blocks ?? []);
      continue;
    }
    const ids = blocks.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
    for (const id of ids) {
      if (seen.has(id)) throw invalidAt(['messages', index], '`tool_use` ids must be unique');
      seen.add(id);
    }
    const answered = (turns[index + 1]?.blocks ?? []).flatMap((block) =>
      block.type === 'tool_result' ? [block.tool_use_id] : [],
    );
    const missing = ids.filter((id) => !answered.includes(id));
    if (missing.length > 0) {
      throw invalidAt(
        ['messages', index],
        `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
  }
}

function checkResults(blocks: readonly Block[], index: number, before: readonly Block[]): void {
  const asked = before.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
  const given = new Set<string>();
  let other = false;
  for (const [at, block] of blocks.entries()) {
    if (block.type !== 'tool_result') {
      other = true;
      continue;
    }
    const path = ['messages', index, 'content', at];
    if (!asked.includes(block.tool_use_id)) {
      throw invalidAt(
        path,
        `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    }
    if (given.has(block.tool_use_id)) {
      throw invalidAt(
        path,
        `each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${block.tool_use_id}`,
      );
    }
    given.add(block.tool_use_id);
    if (other) {
      throw invalidAt(
        ['messages', index - 1],
        `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${block.tool_use_id}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
  }
}

function checkSignatures(body: MessagesBody, state: VendorState): void {
  for (const [index, { content }] of body.messages.entries()) {
    for (const [at, block] of blocksOf(content).entries()) {
      const path = ['messages', index, 'content', at];
      if (block.type === 'thinking' && !state.signer.verifies(block.thinking, block.signature)) {
        throw invalidAt(path, 'Invalid `signature` in `thinking` block');
      }
      if (block.type === 'redacted_thinking' && state.signer.unseal(block.data) === undefined) {
        throw invalidAt(path, 'Invalid `data` in `redacted_thinking` block');
      }
    }
  }
}

/** While tools are being used, the turn must begin with what the model thought; `adaptive` does not ask for it. */
function checkThinkingFirst(body: MessagesBody): void {
  if (body.thinking?.type !== 'enabled') return;
  const turns = mergedTurns(body.messages);
  const last = turns.at(-1);
  const before = turns.at(-2);
  if (last?.role !== 'user' || before === undefined || last.blocks[0]?.type !== 'tool_result') return;
  const first = before.blocks[0];
  if (first?.type === 'thinking' || first?.type === 'redacted_thinking') return;
  throw invalidAt(
    ['messages', turns.length - 2, 'content', 0, 'type'],
    `Expected \`thinking\` or \`redacted_thinking\`, but found \`${first?.type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable \`thinking\`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking`,
  );
}
