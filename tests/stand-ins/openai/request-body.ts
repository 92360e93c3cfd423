// What every route of OpenAI's asks of a body: that it is JSON, and names a model that exists.

import type { VendorModel, VendorRequest, VendorState } from '../core/protocol.ts';
import { isObject } from '../core/shape.ts';
import { invalid } from './invalid.ts';
import { unknownModel } from './status-faults.ts';

/** @throws VendorError when the body is no JSON object. */
export function jsonBody(request: VendorRequest): Readonly<Record<string, unknown>> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '') || !isObject(request.json)) {
    throw invalid(
      "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
      null,
    );
  }
  return request.json;
}

export function findModel(name: string, state: VendorState): VendorModel {
  const model = state.models.get(name);
  if (model === undefined) throw unknownModel(name);
  return model;
}
