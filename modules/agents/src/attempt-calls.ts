// The calls of one attempt: journalled, stopped in time, and kept small.

import { broken } from '@chorale/lib-errors';
import type { CancelSignal } from '@chorale/lib-time';
import type { Awaited, Json } from '@chorale/module-goals';
import { keepValue } from './attempt-output.ts';
import type { AttemptPorts, AttemptRequest, ToolCall, Workbench } from './attempt-ports.ts';
import type { AttemptStop } from './attempt-stop.ts';
import type { Journal, JournalledCall } from './journal.ts';
import type { KeptArtifact, ToolDescription } from './tool.ts';
import type { CallEffects } from './tool-effects.ts';

/** After it was told to stop, a call has this long to end by itself; then its result is no longer waited for. */
export const stopGraceMs = 10_000;
/** Where somebody stops agents at once. */
const haltGraceMs = 1_000;

export interface AttemptCallsOptions {
  readonly request: AttemptRequest;
  readonly ports: AttemptPorts;
  readonly stop: AttemptStop;
  readonly journal: Journal;
  readonly bench: Workbench;
}

/** A call with an effect outside that is not one of the registry's tools. */
export interface OwnCall {
  readonly kind: 'tool-call' | 'model-call';
  readonly name: string;
  readonly input: Json;
  readonly perform: (signal: CancelSignal) => Promise<Json>;
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

  get journal(): Pick<Journal, 'next' | 'nextStepNo' | 'busyMs'> {
    return this.#options.journal;
  }

  describeTool(name: string): ToolDescription | undefined {
    return this.#options.bench.describeTool(name);
  }

  effectsOf(call: ToolCall): CallEffects {
    return this.#options.bench.effectsOf(call);
  }

  /** Makes one tool call and gives its output, or the reference that stands for it. */
  async callTool(call: ToolCall, options: Pick<JournalledCall, 'last' | 'writeAhead'> = {}): Promise<Json> {
    return this.#makeCall(call, { input: await this.keep(call.arguments, 'input.json'), ...options });
  }

  /** Makes calls side by side; each is met at the same place of the journal whichever ends first. */
  async callTools(calls: readonly ToolCall[]): Promise<readonly PromiseSettledResult<Json>[]> {
    const inputs: Json[] = [];
    for (const call of calls) inputs.push(await this.keep(call.arguments, 'input.json'));
    return Promise.allSettled(calls.map((call, index) => this.#makeCall(call, { input: inputs[index] ?? null })));
  }

  /** Of an idempotent call: what is unknown is found out by making it again. */
  callOwn({ perform, ...call }: OwnCall): Promise<Json> {
    const { journal, stop } = this.#options;
    return journal.call({ ...call, idempotent: true }, () => this.#untilStopped(perform(stop)));
  }

  note(entry: Pick<JournalledCall, 'kind' | 'name' | 'input'>, find: () => Json | Promise<Json>): Promise<Json> {
    return this.#options.journal.note(entry, find);
  }

  /** Ends the attempt unless the answer is there. */
  wait(entry: Pick<JournalledCall, 'name' | 'input'>, on: () => Awaited): Json {
    return this.#options.journal.wait(entry, on);
  }

  async keep(value: Json, name: string): Promise<Json> {
    const { ports, request } = this.#options;
    const kept = await keepValue(value, name, {
      keepText: (...args) => ports.keepText(...args),
      tenantId: request.claimed.task.tenantId,
    });
    if (kept.artifact !== undefined) this.#artifacts.push(kept.artifact);
    return kept.value;
  }

  // Nothing is awaited before the journal is asked: calls side by side take their places in the order they are given.
  #makeCall(call: ToolCall, options: Pick<JournalledCall, 'input' | 'last' | 'writeAhead'>): Promise<Json> {
    const { bench, journal, stop } = this.#options;
    // A call of an unknown tool has no effect: it may be recorded, made and refused any number of times.
    const { idempotent } = bench.findTool(call.tool, call.arguments) ?? { idempotent: true };
    return journal.call({ kind: 'tool-call', name: call.tool, idempotent, ...options }, async () => {
      const { output, artifacts } = await this.#untilStopped(bench.call(call, stop));
      this.#artifacts.push(...artifacts);
      return this.keep(output, 'output.json');
    });
  }

  /** A call that ignores its signal must not hold the worker's slot for ever: its late result is dropped. */
  #untilStopped<Result>(call: Promise<Result>): Promise<Result> {
    const { stop, ports } = this.#options;
    return new Promise((resolve, reject) => {
      let takeBack: (() => void) | undefined;
      const onStop = () => {
        const graceMs = stop.reason === 'halt' ? haltGraceMs : stopGraceMs;
        takeBack = ports.clock.schedule(graceMs, () =>
          reject(broken('call-not-stopped', `The call did not end within ${graceMs} ms of being told to.`)),
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
