// Cuts what is streamed into pieces of uneven length, never within a character.

const lengths = [3, 5, 2, 7, 4, 9, 6];

/** At least two pieces where there are two characters; the same text is always cut the same. */
export function splitText(text: string): readonly string[] {
  const characters = Array.from(text);
  const pieces: string[] = [];
  let at = 0;
  for (let turn = 0; at < characters.length; turn += 1) {
    const length = Math.min(lengths[turn % lengths.length] ?? 3, Math.max(1, Math.ceil(characters.length / 2)));
    pieces.push(characters.slice(at, at + length).join(''));
    at += length;
  }
  return pieces;
}
