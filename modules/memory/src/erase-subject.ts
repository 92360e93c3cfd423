// Erases for good, from the store and from wherever else its texts may be, looks whether anything is left, and says so in a
// signed receipt. Begun again with the same receipt after it broke off, it goes on where it was.

import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import { held } from './erase-memories.ts';
import type { EraseReceipt, EraseSubject, LegalHold, ReceiptId } from './erasure.ts';
import { scopeKey } from './memory.ts';
import type { MemoryStore } from './memory-store.ts';

/** A cache or queue beside the store in which texts of memory may be. */
export interface ErasedPlace {
  readonly name: string;
  forget(tenantId: TenantId, subject: EraseSubject): Promise<void>;
}

export interface EraseWorld {
  readonly memory: Pick<MemoryStore, 'execute' | 'countTraces' | 'listHolds'>;
  readonly places: readonly ErasedPlace[];
  /** The text as a signed note (`signNote` of module-access). */
  readonly sign: (text: string) => Promise<string>;
}

export interface EraseRequest {
  readonly tenantId: TenantId;
  readonly receiptId: ReceiptId;
  readonly subject: EraseSubject;
  readonly requestedBy: string;
  /** Words that must be nowhere in the tenant afterwards, beside the ids of what was deleted. */
  readonly canaries?: readonly string[];
}

const canariesMax = 20;
/** Of the ids of what was deleted, so many are looked for: each is compared with every row of the tenant. */
const idsMax = 20;
const canaryForm = /^[\p{L}\p{N}_@.-]{3,200}$/u;

export async function eraseSubject(world: EraseWorld, request: EraseRequest): Promise<EraseReceipt> {
  const { tenantId, receiptId, subject, requestedBy, canaries = [] } = request;
  checkCanaries(canaries);
  const ids: string[] = [];
  const isOfScope = ({ scope }: LegalHold): boolean => scopeKey(scope) === scopeKey(subject.scope);
  const hold = (await world.memory.listHolds(tenantId)).find(isOfScope);
  // The store refuses it as well, and by then all other places had forgotten.
  if (hold !== undefined) throw held(hold);
  // First: what is in hand finds by the rows what there is.
  for (const place of world.places) await place.forget(tenantId, subject);
  for (;;) {
    const { receipt, more, gone } = await world.memory.execute({
      command: 'erase',
      tenantId,
      receiptId,
      subject,
      requestedBy,
    });
    if (receipt.note !== undefined) return receipt;
    ids.push(...gone.slice(0, idsMax - ids.length));
    if (more) continue;
    const wanted = [...ids, ...canaries];
    const traces = wanted.length === 0 ? 0 : await world.memory.countTraces(tenantId, wanted);
    const check = { canaries: wanted.length, traces };
    const note = await world.sign(sayReceipt({ ...receipt, ...check }));
    return (await world.memory.execute({ command: 'close-receipt', tenantId, receiptId, ...check, note })).receipt;
  }
}

/** The receipt as text, a fact a line: what is signed. */
export function sayReceipt(receipt: EraseReceipt): string {
  const { tenantId, receiptId, subject, requestedBy, erasedAt, memories, episodes, held, canaries, traces } = receipt;
  const facts: readonly (readonly [string, string | number | undefined])[] = [
    ['tenant', tenantId],
    ['receipt', receiptId],
    ['requested by', requestedBy],
    ['scope', scopeKey(subject.scope)],
    ['session', subject.sessionId],
    ['speaker', subject.speaker],
    ['single memories', subject.memoryIds?.length],
    ['erased at', new Date(erasedAt).toISOString()],
    ['memories', memories],
    ['episodes', episodes],
    ['under legal hold', held],
    ['canaries looked for', canaries],
    ['traces found', traces],
  ];
  const lines = facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${oneLine(String(value))}`]));
  return `chorale memory erasure 1\n${lines.join('\n')}\n`;
}

/** A name that holds a line's end cannot add a fact. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}

function checkCanaries(canaries: readonly string[]): void {
  const wrong = canaries.find((canary) => !canaryForm.test(canary));
  if (canaries.length <= canariesMax && wrong === undefined) return;
  const found =
    wrong === undefined ? `${canaries.length} canaries were given` : `"${wrong.slice(0, 40)}" cannot be looked for`;
  throw refused('memory-invalid', `${found}.`, {
    action: `Give at most ${canariesMax} single words of 3 to 200 letters and digits that only the deleted texts have.`,
  });
}
