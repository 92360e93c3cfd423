// Plans that this process has read or written: they never change.
//
// Invariants: KP1 one that was written lately is there, and need not be written with the next goal that has it. Only lately: it
//                 goes by retention when no goal has it any more, which is a day after the end of the last one at the earliest.
import type { Changes, PlanDefinition } from '@chorale/module-goals';

const freshMs = 3_600_000;
const plansMax = 500;

export class KnownPlans {
  readonly #definitions = new Map<string, PlanDefinition>();
  readonly #writtenAt = new Map<string, number>();

  get definitions(): ReadonlyMap<string, PlanDefinition> {
    return this.#definitions;
  }

  isWritten(key: string): boolean {
    const at = this.#writtenAt.get(key);
    return at !== undefined && performance.now() - at < freshMs;
  }

  noteRead(key: string, definition: PlanDefinition): void {
    if (this.#definitions.size >= plansMax) this.clear();
    this.#definitions.set(key, definition);
  }

  noteWritten(key: string, definition: PlanDefinition): void {
    this.noteRead(key, definition);
    this.#writtenAt.set(key, performance.now());
  }

  clear(): void {
    this.#definitions.clear();
    this.#writtenAt.clear();
  }
}

export function definitionKey({
  tenantId,
  planHash,
}: Pick<Changes['definitions'][number], 'tenantId' | 'planHash'>): string {
  return `${tenantId} ${planHash}`;
}
