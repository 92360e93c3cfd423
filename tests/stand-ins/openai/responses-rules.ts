// What /v1/responses demands beyond the fields themselves: of items, their ids, their pairs and their order.

import type { VendorModel, VendorState } from '../core/protocol.ts';
import { VendorError } from '../core/vendor-error.ts';
import { invalid, invalidValue } from './invalid.ts';
import type { InputItem, ResponsesBody } from './responses-body.ts';
import { findStrictSchemaFault } from './strict-schema.ts';

/** An item that was answered and kept, and the reasoning that led to it. */
export interface KeptItem {
  readonly kept: 'item';
  readonly item: InputItem;
  readonly reasoningId: string | undefined;
}

export interface KeptResponse {
  readonly kept: 'response';
  readonly items: readonly InputItem[];
}

const prefixes = { message: 'msg', function_call: 'fc', reasoning: 'rs' } as const;

const isKept = (state: VendorState, id: string): KeptItem | undefined => {
  const found = state.kept.get(id) as KeptItem | undefined;
  return found?.kept === 'item' ? found : undefined;
};

/** With what an earlier answer left, and references resolved. @throws VendorError */
export function wholeInput(body: ResponsesBody, state: VendorState): readonly InputItem[] {
  const given: readonly InputItem[] =
    typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : (body.input ?? []);
  const previous = body.previous_response_id;
  if (typeof previous !== 'string') {
    if (given.length === 0) {
      throw invalid(
        `One of 'input' or 'previous_response_id' or 'prompt' or 'conversation' must be provided.`,
        'input',
        'missing_required_parameter',
      );
    }
    return given.map((item) => resolved(item, state));
  }
  const before = state.kept.get(previous) as KeptResponse | undefined;
  if (before?.kept !== 'response') {
    throw invalid(
      `Previous response with id '${previous}' not found.`,
      'previous_response_id',
      'previous_response_not_found',
    );
  }
  return [...before.items, ...given.map((item) => resolved(item, state))];
}

function resolved(item: InputItem, state: VendorState): InputItem {
  if (item.type !== 'item_reference') return item;
  const kept = isKept(state, item.id);
  if (kept === undefined) throw notFound(item.id);
  return kept.item;
}

function notFound(id: string): VendorError {
  return new VendorError(
    404,
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
    { type: 'invalid_request_error', param: 'input' },
  );
}

/** @throws VendorError */
export function checkResponses(
  body: ResponsesBody,
  items: readonly InputItem[],
  about: { readonly model: VendorModel; readonly state: VendorState },
): void {
  checkOptions(body, about.model);
  checkTools(body);
  checkFormat(body, items);
  checkIds(items);
  checkPairs(items);
  checkReasoning(items, about.model, about.state);
}

function unsupported(name: string): VendorError {
  return invalid(`Unsupported parameter: '${name}' is not supported with this model.`, name, 'unsupported_parameter');
}

function checkOptions(body: ResponsesBody, model: VendorModel): void {
  if (body.stream_options !== undefined && body.stream_options !== null && body.stream !== true) {
    throw invalid(`The 'stream_options' parameter is only allowed when 'stream' is enabled.`, 'stream_options');
  }
  const sampled = (['temperature', 'top_p'] as const).find(
    (name) => typeof body[name] === 'number' && body[name] !== 1,
  );
  if (model.reasons === true && sampled !== undefined) throw unsupported(sampled);
  if (model.reasons !== true) {
    if (typeof body.reasoning?.effort === 'string') throw unsupported('reasoning.effort');
    if (typeof body.reasoning?.summary === 'string') throw unsupported('reasoning.summary');
    if (body.include?.includes('reasoning.encrypted_content') === true) {
      throw invalid('Encrypted content is not supported with this model.', 'include');
    }
  }
}

function checkTools(body: ResponsesBody): void {
  const tools = body.tools ?? [];
  for (const [index, tool] of tools.entries()) {
    const fault = tool.strict === true ? findStrictSchemaFault(tool.parameters) : undefined;
    if (fault !== undefined) {
      throw invalid(
        `Invalid schema for function '${tool.name}': ${fault}`,
        `tools[${index}].parameters`,
        'invalid_function_parameters',
      );
    }
  }
  const choice = body.tool_choice;
  if (choice === 'required' && tools.length === 0) {
    throw invalid(`Tool choice 'required' must be specified with 'tools' parameter.`, 'tool_choice');
  }
  if (typeof choice === 'object' && !tools.some((tool) => tool.name === choice.name)) {
    throw invalid(`Tool choice 'function' not found in 'tools' parameter.`, 'tool_choice');
  }
}

function checkFormat(body: ResponsesBody, items: readonly InputItem[]): void {
  const format = body.text?.format;
  if (format?.type === 'json_object' && !/json/i.test(JSON.stringify(items))) {
    throw invalid(
      `Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.`,
      'input',
    );
  }
  if (format?.type !== 'json_schema' || format.strict !== true) return;
  const fault = findStrictSchemaFault(format.schema);
  if (fault !== undefined) {
    throw invalid(
      `Invalid schema for response_format '${format.name}': ${fault}`,
      'text.format.schema',
      'invalid_json_schema',
    );
  }
}

function checkIds(items: readonly InputItem[]): void {
  for (const [index, item] of items.entries()) {
    const type = item.type ?? 'message';
    if (type === 'function_call_output' || type === 'item_reference') continue;
    const id = (item as { readonly id?: string | null }).id;
    if (typeof id === 'string' && !id.startsWith(prefixes[type])) {
      throw invalid(
        `Invalid 'input[${index}].id': '${id}'. Expected an ID that begins with '${prefixes[type]}'.`,
        `input[${index}].id`,
        'invalid_value',
      );
    }
  }
}

function checkPairs(items: readonly InputItem[]): void {
  const open = new Set<string>();
  const called = new Set<string>();
  for (const item of items) {
    if (item.type === 'function_call') {
      if (called.has(item.call_id)) throw invalidValue('input', `duplicate call_id '${item.call_id}'.`);
      called.add(item.call_id);
      open.add(item.call_id);
    } else if (item.type === 'function_call_output') {
      if (!open.delete(item.call_id)) {
        throw invalid(`No tool call found for function call output with call_id ${item.call_id}.`, 'input');
      }
    } else if (open.size > 0 && item.type !== 'reasoning') {
      const saidByModel = 'role' in item && item.role === 'assistant';
      if (!saidByModel) throw unanswered(open);
    }
  }
  if (open.size > 0) throw unanswered(open);
}

function unanswered(open: ReadonlySet<string>): VendorError {
  return invalid(`No tool output found for function call ${[...open][0]}.`, 'input');
}

const madeByModel = (item: InputItem | undefined): boolean =>
  item !== undefined &&
  (item.type === 'function_call' || item.type === 'reasoning' || ('role' in item && item.role === 'assistant'));

function checkReasoning(items: readonly InputItem[], model: VendorModel, state: VendorState): void {
  const shown = new Set(items.flatMap((item) => (item.type === 'reasoning' ? [item.id] : [])));
  if (shown.size > 0 && model.reasons !== true) {
    throw invalid(
      'Reasoning input items can only be provided to a reasoning or computer use model. Remove reasoning items from your input and try again.',
      'input',
    );
  }
  for (const [index, item] of items.entries()) {
    if (item.type === 'reasoning') {
      checkReasoningItem(item, state);
      if (!madeByModel(items[index + 1])) {
        throw invalid(
          `Item '${item.id}' of type 'reasoning' was provided without its required following item.`,
          'input',
        );
      }
      continue;
    }
    const id = (item as { readonly id?: string | null }).id;
    const needed = typeof id === 'string' ? isKept(state, id)?.reasoningId : undefined;
    if (needed !== undefined && !shown.has(needed)) {
      throw invalid(
        `Item '${id}' of type '${item.type ?? 'message'}' was provided without its required 'reasoning' item: '${needed}'.`,
        'input',
      );
    }
  }
}

function checkReasoningItem(item: Extract<InputItem, { type: 'reasoning' }>, state: VendorState): void {
  const sealed = item.encrypted_content;
  if (typeof sealed !== 'string') {
    if (isKept(state, item.id) === undefined) throw notFound(item.id);
    return;
  }
  if (state.signer.unseal(sealed) === undefined) {
    throw invalid(
      `The encrypted content for item ${item.id} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
      null,
      'invalid_encrypted_content',
    );
  }
}
