// What generateContent demands beyond the fields themselves: order, pairs, signatures and schemas.

import type { VendorModel, VendorState } from '../core/protocol.ts';
import { declarationsOf, type Content, type GenerateBody } from './generate-body.ts';
import { invalid, invalidField } from './invalid.ts';
import { checkSchemaSubset } from './schema-subset.ts';
import { demandsSignatures, verifiesCall, verifiesText } from './thought-signature.ts';

export const isModel = (content: Content): boolean => content.role === 'model';

/** @throws VendorError */
export function checkGenerate(body: GenerateBody, model: VendorModel, state: VendorState): void {
  checkDeclarations(body);
  checkConfig(body, model);
  checkOrder(body.contents);
  checkResponses(body.contents);
  checkSignatures(body.contents, model.id, state);
}

function checkDeclarations(body: GenerateBody): void {
  for (const [at, tool] of (body.tools ?? []).entries()) {
    for (const [index, declaration] of (tool.functionDeclarations ?? []).entries()) {
      const path = ['tools', at, 'function_declarations', index];
      if (declaration.parameters !== undefined && declaration.parametersJsonSchema !== undefined) {
        throw invalidField(path, 'only one of parameters and parameters_json_schema can be set');
      }
      if (declaration.parameters !== undefined) checkSchemaSubset(declaration.parameters, [...path, 'parameters']);
    }
  }
  const names = declarationsOf(body).map((declaration) => declaration.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw invalid(`Duplicate function declaration found: ${twice}`);
  const config = body.toolConfig?.functionCallingConfig;
  const unknown = (config?.allowedFunctionNames ?? []).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw invalid(`Function calling config: allowed function name '${unknown}' is not among the declarations.`);
  }
  if ((config?.allowedFunctionNames ?? []).length > 0 && config?.mode !== 'ANY' && config?.mode !== 'VALIDATED') {
    throw invalid('Function calling config: allowed_function_names may only be set when the mode is ANY or VALIDATED.');
  }
  if (config?.mode === 'ANY' && names.length === 0) {
    throw invalid('Function calling config is set without function_declarations.');
  }
}

function checkConfig(body: GenerateBody, model: VendorModel): void {
  const config = body.generationConfig ?? {};
  const schema = config.responseSchema ?? config.responseJsonSchema;
  if (schema !== undefined && config.responseMimeType !== 'application/json') {
    throw invalidField(
      ['generationConfig', 'responseSchema'],
      'response_schema is only allowed with response_mime_type application/json',
    );
  }
  if (config.responseSchema !== undefined) {
    checkSchemaSubset(config.responseSchema, ['generation_config', 'response_schema']);
  }
  const tools = declarationsOf(body).length > 0;
  if (config.responseMimeType === 'application/json' && tools && !demandsSignatures(model.id)) {
    throw invalid(`Function calling with a response mime type: 'application/json' is unsupported`);
  }
  const thinking = config.thinkingConfig;
  if (thinking === undefined) return;
  if (model.reasons !== true) throw invalid('Thinking is not supported by this model.');
  if (thinking.thinkingBudget !== undefined && thinking.thinkingLevel !== undefined) {
    throw invalid('You can only set only one of thinking budget and thinking level.');
  }
  if (thinking.thinkingLevel !== undefined && !demandsSignatures(model.id)) {
    throw invalid('Thinking level is not supported for this model.');
  }
}

function checkOrder(contents: readonly Content[]): void {
  if (contents[0] !== undefined && isModel(contents[0])) {
    throw invalid('Please ensure that the first content is one of the user.');
  }
  for (const [index, content] of contents.entries()) {
    const before = contents[index - 1];
    if (before !== undefined && isModel(before) === isModel(content)) {
      throw invalid('Please ensure that multiturn requests alternate between user and model.');
    }
    for (const part of content.parts) {
      if (part.functionCall !== undefined && !isModel(content)) {
        throw invalid(
          'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
        );
      }
      if ((part.functionResponse !== undefined || part.inlineData !== undefined) && isModel(content)) {
        throw invalid('Please ensure that function response turn comes immediately after a function call turn.');
      }
    }
  }
  const last = contents.at(-1);
  if (last !== undefined && isModel(last) && last.parts.some((part) => part.functionCall !== undefined)) {
    throw invalid('Please ensure that the last content is not a function call turn.');
  }
}

function checkResponses(contents: readonly Content[]): void {
  for (const [index, content] of contents.entries()) {
    if (isModel(content)) continue;
    const responses = content.parts.flatMap((part) => part.functionResponse ?? []);
    const calls = (contents[index - 1]?.parts ?? []).flatMap((part) => part.functionCall ?? []);
    if (calls.length === 0 && responses.length > 0) {
      throw invalid('Please ensure that function response turn comes immediately after a function call turn.');
    }
    if (calls.length !== responses.length) {
      throw invalid(
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      );
    }
    const called = calls.map((call) => call.name).sort();
    const answered = responses.map((response) => response.name).sort();
    const stranger = answered.find((name, at) => name !== called[at]);
    if (stranger !== undefined) {
      throw invalid(
        `Please ensure that every function response names a function of the function call turn: '${stranger}' does not.`,
      );
    }
    const ids = calls.flatMap((call) => call.id ?? []);
    const unknown = responses.find(
      (response) => response.id !== undefined && ids.length > 0 && !ids.includes(response.id),
    );
    if (unknown !== undefined) throw invalid(`Function response id '${unknown.id}' matches no function call.`);
  }
}

/** The steps since a person last said something. */
function currentTurnFrom(contents: readonly Content[]): number {
  return contents.findLastIndex(
    (content) => !isModel(content) && content.parts.some((part) => part.functionResponse === undefined),
  );
}

function checkSignatures(contents: readonly Content[], model: string, state: VendorState): void {
  const current = currentTurnFrom(contents);
  for (const [index, content] of contents.entries()) {
    if (!isModel(content)) continue;
    for (const { functionCall: call, thoughtSignature: signature } of content.parts) {
      if (signature === undefined) continue;
      const genuine =
        call === undefined ? verifiesText(state, model, signature) : verifiesCall(state, model, { ...call, signature });
      if (!genuine) throw invalid('Corrupted thought signature.');
    }
    const first = content.parts.findIndex((part) => part.functionCall !== undefined);
    const part = content.parts[first];
    if (index > current && demandsSignatures(model) && part !== undefined && part.thoughtSignature === undefined) {
      throw invalid(
        `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${part.functionCall?.name}\` , position ${first + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
      );
    }
  }
}
