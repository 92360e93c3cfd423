// The port to the models: what the turn loop needs of whatever chooses, calls and pays for them.
//
// Invariants: MP1 a call under an id that was answered before is not paid for again, as far as the provider allows it:
//                 the id is made of the goal, the task, its run and the step, so that a repetition after a crash is the
//                 same call.

import type { CancelSignal } from '@chorale/lib-time';
import type { CallContext, ChatReply, ChatRequest, ModelCallId } from '@chorale/module-models';

export interface ModelReply extends ChatReply {
  readonly callId: ModelCallId;
  readonly deploymentId: string;
  /** Nano-dollars. */
  readonly cost: number;
  readonly cache: 'none' | 'exact';
}

export interface ModelPort {
  /**
   * Throws a ChoraleError: temporary when it may pass (`retryAfterMs` where that is known), refused when it will not, with
   * `context-too-long` when the conversation fits no model that may be used.
   */
  call(request: ChatRequest, context: CallContext, signal: CancelSignal): Promise<ModelReply>;
  /** Told how the model did at a call, as far as the turn showed. Never throws, and nobody waits for it. */
  rate?(callId: ModelCallId, good: boolean): void;
}
