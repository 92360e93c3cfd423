// JSON as Python writes it: with NaN and Infinity, which are no JSON.

export type ParsedFile = { readonly value: unknown } | { readonly problem: string };

export function readJsonFile(text: string): ParsedFile {
  const plain = text.replace(/^\uFEFF/, '');
  if (plain.trim() === '') return { problem: 'is empty' };
  for (const candidate of [plain, withoutNumbersThatAreNone(plain)]) {
    try {
      return { value: JSON.parse(candidate) as unknown };
    } catch {
      // The next way of reading it, or none.
    }
  }
  return { problem: /[\]}]\s*$/.test(plain) ? 'is no JSON' : 'is no JSON; it seems to be cut off' };
}

/** Each line by itself; undefined where it is none. */
export function readJsonLines(text: string): readonly unknown[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const parsed = readJsonFile(line);
    return 'value' in parsed ? parsed.value : undefined;
  });
}

/** Outside of strings. */
function withoutNumbersThatAreNone(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (found) =>
    found.startsWith('"') ? found : 'null',
  );
}
