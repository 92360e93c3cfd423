// A folder of an older agent system, made after the shapes that its versions wrote, with the traps that are found in real ones.

import type { StateFile } from './agent-state.ts';

/** The seventh of November 2025. */
export const written = Date.UTC(2025, 10, 7, 9);

function file(path: string, value: unknown): StateFile {
  return { path, text: typeof value === 'string' ? value : JSON.stringify(value, undefined, 2), modifiedAt: written };
}

const experience = {
  id: 'mem_1',
  goal_id: 'goal_7',
  timestamp: '2025-11-05T08:30:12.123456',
  success_score: 0.9,
  context: { goal_description: 'Compare three ferry timetables' },
  action: { id: 'a1', name: 'search_information', tool_name: 'web_search', parameters: { query: 'ferry timetable' } },
  observation: { action_id: 'a1', status: 'success', result: { found: 3 }, feedback: 'three tables' },
};

export const agentState: readonly StateFile[] = [
  // A list, in one version; under a key, in another. With a byte order mark, and numbers that are no JSON.
  file('.agent_state/episodic_memory.json', `\uFEFF${JSON.stringify({ memories: [experience, { id: 'mem_2' }, 7] })}`),
  file('.agent_state/action_selector.json', {
    type: 'intelligent',
    action_history: {
      web_search_search_information: { total_attempts: 8, successes: 6, success_scores: [0.9, 0.7] },
      broken_one: { total_attempts: 0 },
    },
    context_weights: { research: { recency: 0.4, cost: 0.1 } },
    goal_patterns: {
      compare_ferry_timetables: [
        { actions: ['search_information', 'analyze_sources'], score: 0.9, timestamp: '2025-11-05T08:31:00' },
      ],
    },
  }),
  file(
    '.agent_state/learning_system.json',
    '{"strategy_performance": {"search_information->save_results": [1.0, 0.0, 1.0, NaN]}, ' +
      '"pattern_library": {"Compare three ferry: day trips:web_search": [["search_information", 1.0], ["guess", 0.0], ["torn"]]}}',
  ),
  file('.agent_state/goals.json', {
    goal_list: [
      { id: 'goal_7', description: 'Compare three ferry timetables', priority: 0.8, status: 'completed', progress: 1 },
      { id: 'goal_8', priority: 0.2 },
    ],
  }),
  // Left from before an import, and again under the name that undoing it gave.
  file('.agent_state/goals.json.backup', { goal_list: [{ description: 'An older list of goals' }] }),
  file('.agent_state/observations.json.json', [{ content: 'the pier was closed', timestamp: 1_762_330_000.5 }]),
  file('.agent_state/todos.json', [
    { id: 1, title: 'Renew the ferry pass', status: 'open', priority: 1, created_at: '2025-11-01T10:00:00+00:00' },
    { id: 2, title: 'Book the cabin', status: 'done', priority: 5, completed_at: '2025-11-02T10:00:00+01:00' },
  ]),
  file('.agent_state/chat_sessions/session_1.json', {
    provider: 'local',
    summary: '',
    messages: [
      { role: 'system', content: 'You are a terminal agent.' },
      { role: 'user', content: 'When does the harbour office open? My favourite pier is the north pier.' },
      { role: 'assistant', content: '{"type":"tool","tool":"shell","args":{}}' },
      { role: 'assistant', content: 'The harbour office opens at seven.' },
      { role: 'assistant', content: 'Sure! Let me know if you need anything else.' },
      { role: 'user', content: 'Forget that the key is under the mat.' },
      { content: 'nobody said this' },
    ],
  }),
  file(
    '.agent_state/chat_memory.jsonl',
    '{"text": "the captain prefers letters", "meta": {"type": "note"}}\n{"text": "cut off in the mid',
  ),
  file('.agent_state/chat.log', '2025-11-07 09:00:00,000 - INFO - started'),
  file('.agent_state/actions.json', '[{"id": "a1", "name": "search_information"'),
  file('.agent_knowledge/knowledge_patterns.json', {
    '9f2c': {
      pattern_id: '9f2c',
      pattern_type: 'goal_pattern',
      description: 'Goal: Plan a day trip to the islands...',
      success_rate: 0.85,
      usage_count: 4,
      confidence_score: 1.2,
      last_used: '2025-11-06T17:00:00.000001',
      created_at: '2025-10-01T00:00:00',
      parameters: {
        goal_description: 'Plan a day trip to the islands',
        action_sequence: ['search_information', 'draft'],
      },
    },
  }),
  file('.agent_knowledge/session_history.json', [
    {
      session_id: 'session_20251105_080000',
      start_time: '2025-11-05T08:00:00',
      end_time: null,
      goals_attempted: 4,
      goals_completed: 3,
      total_success_rate: 0.75,
    },
  ]),
];
