import { describe, expect, test } from 'vitest';
import type { Command } from './commands.tsx';
import { matchKeys, nameKeyPress } from './shortcuts.ts';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('a key press has one name', () => {
  test.each([
    [press('k', { ctrlKey: true }), 'mod+k'],
    [press('K', { metaKey: true, shiftKey: true }), 'mod+shift+k'],
    [press('X', { shiftKey: true }), 'shift+x'],
    [press('?', { shiftKey: true }), '?'],
    [press('Escape'), 'escape'],
    [press(' '), 'space'],
    [press('Shift', { shiftKey: true }), undefined],
    [press('e', { altKey: true }), undefined],
  ])('%o', (given, name) => {
    expect(nameKeyPress(given)).toBe(name);
  });
});

const command = (id: string, keys: string): Command => ({ id, title: id, group: 'Test', keys, run: () => undefined });
const commands = [
  command('next', 'j'),
  command('goals', 'g g'),
  command('approvals', 'g a'),
  command('late-next', 'j'),
];

test('[C2] of two commands with the same keys the first of the list runs, which is the later view’s', () => {
  expect(matchKeys(commands, '', 'j')).toEqual({ command: commands[0] });
});

test('[C1] the first key of a sequence waits for the second', () => {
  expect(matchKeys(commands, '', 'g')).toEqual({ rest: 'g' });
  expect(matchKeys(commands, 'g', 'a')).toEqual({ command: commands[2] });
});

test('[C1] a key that does not go on with the sequence counts by itself', () => {
  expect(matchKeys(commands, 'g', 'j')).toEqual({ command: commands[0] });
  expect(matchKeys(commands, 'g', 'z')).toBeUndefined();
});
