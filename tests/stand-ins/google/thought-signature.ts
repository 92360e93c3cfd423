// The marks by which Google knows again what its own model thought.

import type { VendorState } from '../core/protocol.ts';
import { isObject } from '../core/shape.ts';

/** What the vendor takes where a history was made elsewhere. */
const foreignSignatures = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go'];

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name])]),
  );
}

const contentOf = (model: string, call: { readonly name: string; readonly args?: unknown }): string =>
  JSON.stringify([model, call.name, sorted(call.args ?? {})]);

export const signCall = (
  state: VendorState,
  model: string,
  call: { readonly name: string; readonly args?: unknown },
): string => state.signer.sign(contentOf(model, call));

export function verifiesCall(
  state: VendorState,
  model: string,
  call: { readonly name: string; readonly args?: unknown; readonly signature: string },
): boolean {
  return foreignSignatures.includes(call.signature) || state.signer.verifies(contentOf(model, call), call.signature);
}

/** Text is cut and joined on its way: what it says is not part of its mark. */
export const signText = (state: VendorState, model: string): string => state.signer.seal(`text ${model}`);

export function verifiesText(state: VendorState, model: string, signature: string): boolean {
  return foreignSignatures.includes(signature) || state.signer.unseal(signature) === `text ${model}`;
}

/** From this generation on, calls without a mark are refused. */
export const demandsSignatures = (model: string): boolean => /^gemini-([3-9]|\d\d)/.test(model);
