// The calls of one attempt: journalled, stopped in time, and kept small.

import { broken } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import { keepValue } from './attempt-output.ts';
import type { AttemptPorts, AttemptRequest, ToolCall, Workbench } from './attempt-ports.ts';
import type { AttemptStop } from './attempt-stop.ts';
import type { Journal, JournalledCall } from './journal.ts';
import type { KeptArtifact, ToolResult } from './tool.ts';

/** After it was told to stop, a call has this long to end by itself; then its result is no longer waited for. */
export const stopGraceMs = 10_000;

export interface AttemptCallsOptions {
  readonly request: AttemptRequest;
  readonly ports: AttemptPorts;
  readonly stop: AttemptStop;
  readonly journal: Journal;
  readonly bench: Workbench;
}

export class AttemptCalls {
  readonly #options: AttemptCallsOptions;
  readonly #artifacts: KeptArtifact[] = [];

  constructor(options: AttemptCallsOptions) {
    this.#options = options;
  }

  /** What the calls made so far, for the goal to keep. */
  get artifacts(): readonly KeptArtifact[] {
    return this.#artifacts;
  }

  /** Makes one tool call and gives its output, or the reference that stands for it. */
  async callTool(call: ToolCall, options: Pick<JournalledCall, 'last' | 'writeAhead'> = {}): Promise<Json> {
    const { bench, journal, stop } = this.#options;
    // A call of an unknown tool has no effect: it may be recorded, made and refused any number of times.
    const { idempotent } = bench.findTool(call.tool, call.arguments) ?? { idempotent: true };
    const input = await this.#keep(call.arguments, 'input.json');
    return journal.call({ kind: 'tool-call', name: call.tool, idempotent, input, ...options }, async () => {
      const { output, artifacts } = await this.#untilStopped(bench.call(call, stop));
      this.#artifacts.push(...artifacts);
      return this.#keep(output, 'output.json');
    });
  }

  async #keep(value: Json, name: string): Promise<Json> {
    const { ports, request } = this.#options;
    const kept = await keepValue(value, name, {
      keepText: (...args) => ports.keepText(...args),
      tenantId: request.claimed.task.tenantId,
    });
    if (kept.artifact !== undefined) this.#artifacts.push(kept.artifact);
    return kept.value;
  }

  /** A call that ignores its signal must not hold the worker's slot for ever: its late result is dropped. */
  #untilStopped(call: Promise<ToolResult>): Promise<ToolResult> {
    const { stop, ports } = this.#options;
    return new Promise((resolve, reject) => {
      let takeBack: (() => void) | undefined;
      const onStop = () => {
        takeBack = ports.clock.schedule(stopGraceMs, () =>
          reject(broken('call-not-stopped', `The call did not end within ${stopGraceMs} ms of being told to.`)),
        );
      };
      const settle = () => {
        stop.removeEventListener('abort', onStop);
        takeBack?.();
      };
      stop.addEventListener('abort', onStop);
      call.then(resolve, reject).finally(settle);
    });
  }
}
