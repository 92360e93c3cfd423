import { createClient } from '@chorale/lib-client';
import { findUnsigned, parseNote, parseNoteKey } from '@chorale/module-access';
import { sha256, verifySignature } from '@chorale/adapter-crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const as = (who: string) => createClient({ baseUrl: api.baseUrl, key: who });
const modifiedAt = Date.UTC(2025, 10, 7);
const learned = { strategy_performance: { 'search_information->save_results': [1, 0, 1] } };
const files = [
  { path: '.agent_state/learning_system.json', text: JSON.stringify(learned), modifiedAt },
  { path: '.agent_state/goals.json', text: '[{"description": "Compare ferry', modifiedAt },
];

describe('[API121] what an older agent kept comes in, and goes again', () => {
  test('a dry run writes nothing; an import is listed, adds once, and is rolled back with a receipt', async () => {
    const scope = 'agent/scout';
    const tried = await api.client.importAgentState({ files, scope, dryRun: true });
    expect(tried).toMatchObject({ dryRun: true, added: 1, verified: 0, scope });
    expect(await api.client.listMemoryImports()).toEqual([]);
    const made = await api.client.importAgentState({ files, scope });
    expect(made).toMatchObject({
      added: 1,
      verified: 1,
      files: [{ outcome: 'read' }, { outcome: 'broken' }],
    });
    const found = await api.client.searchMemory({ text: 'strategy to search information', scopes: [scope] });
    expect(found.items[0]?.memory).toMatchObject({ kind: 'procedural', validFrom: modifiedAt });
    api.clock.now += 1_000;
    expect(await api.client.importAgentState({ files, scope })).toMatchObject({ added: 0, known: 1 });
    expect(await api.client.listMemoryImports()).toMatchObject([{ added: 0 }, { importId: made.importId, added: 1 }]);
    expect(await api.client.rollBackMemoryImport(made.importId)).toEqual({ memories: 1 });
    expect(await api.client.rollBackMemoryImport(made.importId)).toEqual({ memories: 0 });
    expect((await api.client.searchMemory({ text: 'strategy', scopes: [scope] })).items).toEqual([]);
    const refusal = { problem: { code: 'import-not-found' } };
    await expect(api.client.rollBackMemoryImport('import_none')).rejects.toMatchObject(refusal);
    const large = [{ path: 'todos.json', text: JSON.stringify([{ title: 'x'.repeat(3_000_000) }]), modifiedAt }];
    expect(await api.client.importAgentState({ files: large, scope })).toMatchObject({ added: 1 });
  });
});

describe('[API123] a session is summed up', () => {
  test('by a model or in its own sentences, and the summary goes with what it was made of', async () => {
    const scope = 'project/lake';
    const said = [
      'The lake froze in January.',
      'The lake ice broke in March.',
      'The ducks of the lake came back in April.',
    ];
    const episodes = said.map((text) => ({ text, sessionId: 'winter', scope, speaker: 'ann' }));
    const [first] = await api.client.recordEpisodes(episodes);
    const summarise = () => api.client.summariseMemory({ session: 'winter', scope, tokensMax: 60 });
    expect(await summarise()).toMatchObject({ by: 'model', memory: { text: 'Hello.' } });
    const { deployments } = api.models.fleet();
    api.models.fleet = () => ({ deployments: [], aliases: {} });
    const { memory, by, turns } = await summarise();
    api.models.fleet = () => ({ deployments, aliases: {} });
    expect({ by, turns }).toEqual({ by: 'extract', turns: 3 });
    expect(memory).toMatchObject({ recordedBy: 'summary', role: 'assistant' });
    expect(memory.provenance).toHaveLength(3);
    expect(memory.text).toContain('lake');
    await api.client.forgetMemories({ memoryIds: first!.memories });
    await expect(api.client.getMemory(memory.memoryId)).rejects.toMatchObject({ problem: { status: 404 } });
    const refusal = { problem: { code: 'memory-invalid' } };
    await expect(api.client.summariseMemory({ session: 'none', scope })).rejects.toMatchObject(refusal);
  });
});

describe('[API122] legal holds', () => {
  test('keep a scope from being forgotten until they are lifted; the receipt is signed', async () => {
    const scope = 'project/wharf';
    await api.client.addMemory({ text: 'the wharfage ledger of May', scope });
    const { holdId } = await api.client.placeMemoryHold({ scope, reason: 'case 7' });
    expect(await api.client.listMemoryHolds()).toMatchObject([{ holdId, scope, reason: 'case 7', placedBy: 'owner' }]);
    const refusal = { problem: { code: 'memory-held' } };
    await expect(api.client.forgetMemories({ scope })).rejects.toMatchObject(refusal);
    await api.client.liftMemoryHold(holdId);
    await expect(api.client.liftMemoryHold(holdId)).rejects.toMatchObject({ problem: { code: 'hold-not-found' } });
    const { receipts } = await api.client.forgetMemories({ scope, canaries: ['wharfage'] });
    expect(receipts).toMatchObject([{ memories: 1, canaries: 2, traces: 0 }]);
    const keys = api.services.audit.keysOf('default' as never).map((line) => parseNoteKey(sha256, line));
    expect(keys).toHaveLength(2);
    const note = parseNote(receipts[0]!.note!)!;
    expect(findUnsigned(note, { sha256, verify: verifySignature, keys })).toBeUndefined();
    const changed = { ...note, text: note.text.replace('memories: 1', 'memories: 9') };
    expect(findUnsigned(changed, { sha256, verify: verifySignature, keys })).toBeDefined();
  });

  test('are for those who may erase', async () => {
    const developer = as('developer@default');
    const refusal = { problem: { code: 'not-permitted' } };
    await expect(developer.listMemoryHolds()).rejects.toMatchObject(refusal);
    await expect(developer.placeMemoryHold({ scope: 'user/ann', reason: 'mine' })).rejects.toMatchObject(refusal);
    expect(await as('owner@south').listMemoryHolds()).toEqual([]);
  });
});
