import { expect, test } from 'vitest';
import { agentState, written } from './agent-state.fixture.ts';
import { chooseStateFiles, readStateFile, type FileReading } from './agent-state.ts';

const readings = new Map(
  chooseStateFiles(agentState).map((file) => [file.path.replace(/^.*\//, ''), readStateFile(file)]),
);
const of = (name: string): FileReading => readings.get(name)!;
const bodies = (name: string): readonly string[] => (of(name).memories ?? []).map(({ body }) => body);

test('[MO1] what the agent did and saw is told in words, with its time and how it went', () => {
  expect(of('episodic_memory.json').memories).toEqual([
    {
      kind: 'episodic',
      body:
        'For the goal "Compare three ferry timetables", did search information with web search ({"query":"ferry timetable"}), ' +
        'saw success: {"found":3}: three tables, success 90 %',
      at: Date.UTC(2025, 10, 5, 8, 30, 12, 123),
      importance: expect.closeTo(0.66),
    },
  ]);
  expect(of('episodic_memory.json').skipped).toBe(2);
  expect(bodies('goals.json')).toEqual([
    'Goal "Compare three ferry timetables", completed, progress 100 %, priority 0.8',
  ]);
  expect(of('observations.json.json').memories).toMatchObject([
    { body: 'Observed: the pier was closed', at: 1_762_330_000_500 },
  ]);
  expect(bodies('todos.json')).toEqual(['To do: Renew the ferry pass', 'Done: Book the cabin']);
  expect(of('todos.json').memories!.map(({ importance }) => importance)).toEqual([
    expect.closeTo(0.9),
    expect.closeTo(0.1),
  ]);
  expect(bodies('session_history.json')).toEqual(['Session of 2025-11-05 08:00, 3 of 4 goals completed, success 75 %']);
});

test('[MO2] what was learned becomes procedural memories with how often it was tried and how it went', () => {
  expect(bodies('action_selector.json')).toEqual([
    'The action web search search information: success 75 % in 8 tries',
    'For goals about compare ferry timetables, search information, then analyze sources: success 90 % in 1 try',
    'In the context research these count in choosing an action: recency 0.4, cost 0.1',
  ]);
  expect(bodies('learning_system.json')).toEqual([
    'The strategy search information, then save results: success 67 % in 3 tries',
    'For goals like "Compare three ferry: day trips", search information with web search: success 100 % in 1 try',
    'For goals like "Compare three ferry: day trips", guess with web search: success 0 % in 1 try',
  ]);
  expect(of('knowledge_patterns.json').memories).toMatchObject([
    {
      kind: 'procedural',
      body: 'For goals like "Plan a day trip to the islands", search information, then draft: success 85 % in 4 tries',
      confidence: 1,
      at: Date.UTC(2025, 10, 6, 17),
    },
  ]);
  const older = { action_scores: { 'web_search:search': 0.7 }, action_counts: { 'web_search:search': 6 } };
  const file = { path: 'action_selector.json', text: JSON.stringify(older), modifiedAt: written };
  expect(readStateFile(file).memories).toMatchObject([
    { body: 'The action web search: search: success 70 % in 6 tries', confidence: 0.75 },
  ]);
});

test('[MO3] of chats the turns of people and of the assistant are read, not its prompts and calls of tools', () => {
  expect(of('session_1.json')).toMatchObject({ skipped: 1 });
  expect(of('session_1.json').turns!.map(({ role }) => role)).toEqual(['person', 'assistant', 'assistant', 'person']);
  expect(of('chat_memory.jsonl')).toMatchObject({
    outcome: 'read',
    memories: [{ kind: 'semantic', body: 'the captain prefers letters' }],
    skipped: 1,
  });
});

test('[MO4] what is cut off, empty, of another shape or no file of memories is said, and hinders nothing else', () => {
  expect(of('actions.json')).toMatchObject({ outcome: 'broken', reason: 'is no JSON; it seems to be cut off' });
  expect(of('chat.log')).toMatchObject({ outcome: 'left-out' });
  const read = (text: string) => readStateFile({ path: 'goals.json', text, modifiedAt: written });
  expect(read('')).toMatchObject({ outcome: 'broken', reason: 'is empty' });
  expect(read('{"goals": [1, 2]}')).toMatchObject({ outcome: 'broken' });
  expect(read('[]')).toMatchObject({ outcome: 'read', memories: [] });
  expect(read('null')).toMatchObject({ outcome: 'read', memories: [] });
  expect([...readings.keys()]).not.toContain('goals.json.backup');
});
