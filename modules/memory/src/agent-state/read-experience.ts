// What the agent went through: goals, what it did and saw, its sessions, and its list of things to do.

import type { ReadMemory, ReadRows } from './agent-state.ts';
import { fieldsOf, listOf, momentOf, numberOf, sayName, sayShare, sayValue, shareOf, textOf } from './state-values.ts';
import type { Fields } from './state-values.ts';

export function readExperience(value: unknown): ReadRows {
  return readEach(listOf(value, 'memories', 'episodic_memory'), (entry) => {
    const action = fieldsOf(entry['action']) ?? {};
    const observation = fieldsOf(entry['observation']) ?? {};
    const context = fieldsOf(entry['context']) ?? {};
    const did = sayAction(action) ?? textOf(entry['action']);
    const saw = sayObservation(observation) ?? textOf(entry['observation']);
    if (did === undefined && saw === undefined) return undefined;
    const goal = textOf(context['goal_description']) ?? textOf(context['goal']);
    const success = shareOf(entry['success_score']);
    return {
      kind: 'episodic' as const,
      body: sentences(
        goal === undefined ? undefined : `For the goal "${goal}"`,
        did === undefined ? undefined : `did ${did}`,
        saw === undefined ? undefined : `saw ${saw}`,
        success === undefined ? undefined : `success ${sayShare(success)}`,
      ),
      at: momentOf(entry['timestamp']) ?? momentOf(observation['timestamp']),
      importance: success === undefined ? undefined : 0.3 + 0.4 * success,
    };
  });
}

export function readGoals(value: unknown): ReadRows {
  return readEach(listOf(value, 'goals', 'goal_list', 'items'), (goal) => {
    const description = textOf(goal['description']);
    if (description === undefined) return undefined;
    const progress = shareOf(goal['progress']);
    const priority = shareOf(goal['priority']);
    const limits = sayValue(goal['constraints']);
    return {
      kind: 'episodic' as const,
      body: sentences(
        `Goal "${description}"`,
        sayStatus(goal['status']),
        progress === undefined ? undefined : `progress ${sayShare(progress)}`,
        priority === undefined ? undefined : `priority ${priority}`,
        limits === undefined ? undefined : `within ${limits}`,
      ),
      at: momentOf(goal['created_at']),
      importance: priority,
    };
  });
}

export function readActions(value: unknown): ReadRows {
  return readEach(listOf(value, 'actions', 'action_list', 'items'), (action) => {
    const said = sayAction(action) ?? textOf(action['description']);
    return said === undefined
      ? undefined
      : { kind: 'episodic' as const, body: `Action: ${said}`, at: momentOf(action['created_at']) };
  });
}

export function readObservations(value: unknown): ReadRows {
  return readEach(listOf(value, 'observations', 'observation_list', 'items'), (observation) => {
    const said = sayObservation(observation) ?? textOf(observation['content']);
    return said === undefined
      ? undefined
      : { kind: 'episodic' as const, body: `Observed: ${said}`, at: momentOf(observation['timestamp']) };
  });
}

export function readSessions(value: unknown): ReadRows {
  return readEach(listOf(value, 'sessions', 'session_history'), (session) => {
    const attempted = numberOf(session['goals_attempted']);
    const began = momentOf(session['start_time']);
    if (attempted === undefined || began === undefined) return undefined;
    const success = shareOf(session['total_success_rate']);
    return {
      kind: 'episodic' as const,
      body: sentences(
        `Session of ${new Date(began).toISOString().slice(0, 16).replace('T', ' ')}`,
        `${numberOf(session['goals_completed']) ?? 0} of ${attempted} goals completed`,
        success === undefined ? undefined : `success ${sayShare(success)}`,
      ),
      at: began,
    };
  });
}

export function readTodos(value: unknown): ReadRows {
  return readEach(listOf(value, 'todos', 'items'), (todo) => {
    const title = textOf(todo['title']);
    if (title === undefined) return undefined;
    const priority = numberOf(todo['priority']);
    const isDone = todo['status'] === 'done';
    return {
      kind: isDone ? ('episodic' as const) : ('semantic' as const),
      body: `${isDone ? 'Done' : 'To do'}: ${title}`,
      at: momentOf(isDone ? (todo['completed_at'] ?? todo['created_at']) : todo['created_at']),
      // 1 is the most urgent of five.
      importance: priority === undefined ? undefined : shareOf(1.1 - 0.2 * priority),
    };
  });
}

function readEach(entries: readonly unknown[], read: (fields: Fields) => ReadMemory | undefined): ReadRows {
  const memories = entries.flatMap((entry) => {
    const fields = fieldsOf(entry);
    const memory = fields === undefined ? undefined : read(fields);
    return memory === undefined ? [] : [memory];
  });
  return { memories, skipped: entries.length - memories.length };
}

function sayAction(action: Fields): string | undefined {
  const name = textOf(action['name']) ?? textOf(action['tool_name']);
  if (name === undefined) return undefined;
  const tool = textOf(action['tool_name']);
  const parameters = sayValue(action['parameters']);
  return [
    sayName(name),
    tool === undefined || tool === name ? '' : ` with ${sayName(tool)}`,
    parameters === undefined ? '' : ` (${parameters})`,
  ].join('');
}

function sayObservation(observation: Fields): string | undefined {
  const result = sayValue(observation['result']);
  const status = textOf(observation['status']);
  const feedback = textOf(observation['feedback']);
  const said = [status, result, feedback].filter((part) => part !== undefined);
  return said.length === 0 ? undefined : said.join(': ');
}

function sayStatus(status: unknown): string | undefined {
  const text = textOf(status);
  return text === undefined ? undefined : sayName(text.replace(/^GoalStatus\./, '').toLowerCase());
}

function sentences(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(', ');
}
