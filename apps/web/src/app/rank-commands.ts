import type { Command } from './commands.tsx';

export interface CommandGroup {
  readonly value: string;
  readonly items: readonly Command[];
}

/** Commands that match what was typed, best first within their groups; groups in the order of their best command. */
export function rankCommands(commands: readonly Command[], typed: string): readonly CommandGroup[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const scored = commands
    .map((command) => ({ command, score: scoreCommand(command, words) }))
    .filter(({ score }) => score > 0);
  if (words.length > 0) scored.sort((a, b) => b.score - a.score);
  const groups = new Map<string, Command[]>();
  for (const { command } of scored) {
    const group = groups.get(command.group);
    if (group === undefined) groups.set(command.group, [command]);
    else group.push(command);
  }
  return [...groups].map(([value, items]) => ({ value, items }));
}

/** 0 when a word is nowhere; a word counts most at the start of the title, then at the start of any of its words. */
function scoreCommand(command: Command, words: readonly string[]): number {
  const title = command.title.toLowerCase();
  const further = `${command.group} ${command.keywords ?? ''}`.toLowerCase();
  let score = 1;
  for (const word of words) {
    if (title.startsWith(word)) score += 8;
    else if (title.includes(` ${word}`)) score += 5;
    else if (title.includes(word)) score += 3;
    else if (further.includes(word)) score += 1;
    else return 0;
  }
  return score;
}
