import { expect, test } from 'vitest';
import type { Command } from './commands.tsx';
import { rankCommands } from './rank-commands.ts';

const command = (title: string, group: string, keywords = ''): Command => ({
  id: title,
  title,
  group,
  keywords,
  run: () => undefined,
});
const commands = [
  command('Pause', 'This goal'),
  command('Go to goals', 'Go'),
  command('Go to approvals', 'Go', 'inbox'),
  command('Use the dark theme', 'Page', 'appearance'),
];
const titles = (typed: string): readonly string[] =>
  rankCommands(commands, typed).flatMap(({ items }) => items.map(({ title }) => title));

test('nothing typed shows every command in its group', () => {
  expect(rankCommands(commands, ' ').map(({ value, items }) => [value, items.length])).toEqual([
    ['This goal', 1],
    ['Go', 2],
    ['Page', 1],
  ]);
});

test('a command is found by its title, its group and its other words', () => {
  expect(titles('dark')).toEqual(['Use the dark theme']);
  expect(titles('inbox')).toEqual(['Go to approvals']);
  expect(titles('appearance theme')).toEqual(['Use the dark theme']);
});

test('a title that begins with the word comes before one that only holds it', () => {
  expect(titles('go')).toEqual(['Go to goals', 'Go to approvals', 'Pause']);
});

test('a word that is nowhere finds nothing', () => {
  expect(titles('go zebra')).toEqual([]);
});
