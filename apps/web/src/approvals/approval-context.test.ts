import { expect, test } from 'vitest';
import { answerForms } from './approval-context.ts';

test('[W23] the editor of a plan begins with its tasks and outputs, and takes nothing without tasks', () => {
  const tasks = [{ key: 'a', agent: 'scout' }];
  const { first, read } = answerForms.plan;
  const text = first({ agent: 'planner', plan: { reason: 'short', tasks, outputs: { a: 1 } } });
  expect(read(text)).toEqual({ value: { tasks, outputs: { a: 1 } } });
  expect(read('{"outputs": {}}')).toEqual({ error: 'A plan has a list of “tasks”.' });
  expect(read('{')).toHaveProperty('error');
});

test('[W23] arguments go back as arguments, an answer as the words that were typed', () => {
  const { first, read } = answerForms['tool-call'];
  expect(first({ tool: 'rm', arguments: { path: 'a' } })).toBe('{\n  "path": "a"\n}');
  expect(read('{"path": "b"}')).toEqual({ value: { arguments: { path: 'b' } } });
  expect(answerForms.question.read(' in March \n')).toEqual({ value: 'in March' });
});
