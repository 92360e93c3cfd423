// What comes from older systems, and goes again.
import { expect, test } from 'vitest';
import { agentState } from './agent-state/agent-state.fixture.ts';
import { importAgentState, rollBackImport } from './import-agent-state.ts';
import { ann, bo, north, south, type MemoryHarness } from './memory-store-harness.contract.ts';
import type { CurrentMemory } from './memory-store.contract.ts';
import type { ImportId } from './memory-import.ts';

function importInto(harness: MemoryHarness, more: { readonly dryRun?: boolean; readonly importId?: ImportId } = {}) {
  const { dryRun = false, importId = harness.newId<'import'>('import') } = more;
  const world = { memory: harness.store, sha256: (text: string) => `sum of ${text.length}` };
  const request = { tenantId: north, scope: ann, requestedBy: 'ann', files: agentState };
  return importAgentState(world, { ...request, dryRun, importId });
}

export function describeImporting(current: CurrentMemory): void {
  test('[MO5] an import is tried without writing, made once however often it is repeated, verified, and undone', async () => {
    const harness = current();
    await harness.remember('the key is under the mat');
    await harness.say('My favourite pier is the south pier.');
    const before = await harness.opened.dump();
    const tried = await importInto(harness, { dryRun: true });
    expect(tried).toMatchObject({ dryRun: true, added: 18, known: 0, verified: 0 });
    expect(await harness.opened.dump()).toBe(before);
    const importId = harness.newId<'import'>('import');
    const made = await importInto(harness, { importId });
    expect(made).toMatchObject({ added: 17, known: 0, keptOut: 1, verified: 17, dryRun: false });
    expect(made.files.filter(({ outcome }) => outcome === 'broken').map(({ path }) => path)).toEqual([
      '.agent_state/actions.json',
    ]);
    expect(await harness.store.listImports(north)).toMatchObject([{ importId, added: 17, scope: ann }]);
    expect(await harness.store.findImport(south, importId)).toBeUndefined();
    expect((await harness.bodies('what worked for a day trip', { kinds: ['procedural'] }))[0]).toContain('day trip');
    expect(await harness.bodies('when does the harbour office open')).toContain('The harbour office opens at seven.');
    const again = await importInto(harness);
    expect(again).toMatchObject({ added: 0, verified: 0 });
    expect(await harness.store.countMemories(north)).toMatchObject({ active: 20 });
    // What an old chat says neither ends nor retracts what holds.
    expect(await harness.bodies('where is the key')).toContain('the key is under the mat');
    const about = { subject: 'ann', attribute: 'favourite pier' };
    expect(await harness.store.findClaim(north, ann, about)).toMatchObject({ claim: { value: 'the south pier' } });
    await rollBack(harness, importId);
    expect(await harness.store.countMemories(north)).toMatchObject({ active: 3, episodes: 1 });
    expect(await harness.store.findImport(north, importId)).toMatchObject({ rolledBackAt: harness.clock.now });
    expect(await rollBack(harness, importId)).toBe(0);
    expect(await importInto(harness)).toMatchObject({ added: 17 });
  });

  test('[MO5] what is under legal hold keeps an import from being undone; what is no import is refused', async () => {
    const harness = current();
    const { importId } = await importInto(harness);
    const hold = { holdId: harness.newId<'hold'>('hold'), scope: ann, reason: 'case 7', placedBy: 'counsel' };
    await harness.store.execute({ command: 'place-hold', tenantId: north, hold });
    await expect(rollBack(harness, importId)).rejects.toMatchObject({ code: 'memory-held' });
    expect(await harness.store.findImport(north, importId)).toMatchObject({ rolledBackAt: undefined });
    await expect(rollBack(harness, 'import_none' as ImportId)).rejects.toMatchObject({ code: 'import-not-found' });
    expect(await harness.bodies('ferry', { scopes: [bo] })).toEqual([]);
  });
}

function rollBack(harness: MemoryHarness, importId: ImportId): Promise<number> {
  const world = { memory: harness.store, places: [], sign: async (text: string) => text };
  const newReceiptId = () => harness.newId<'receipt'>('receipt');
  return rollBackImport(world, { tenantId: north, importId, requestedBy: 'ann', newReceiptId });
}
