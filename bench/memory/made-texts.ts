// Texts that nobody said, with words as people use them: halves of different turns put together.

import type { Conversation } from './locomo.ts';

export function makeTexts(conversations: readonly Conversation[], random: () => number): () => string {
  const said = conversations.flatMap(({ turns }) => turns.map(({ text }) => text.split(/\s+/)));
  const pick = (): readonly string[] => said[Math.floor(random() * said.length)]!;
  return () => {
    const [one, other] = [pick(), pick()];
    return [...one.slice(0, Math.ceil(one.length / 2)), ...other.slice(Math.floor(other.length / 2))].join(' ');
  };
}
