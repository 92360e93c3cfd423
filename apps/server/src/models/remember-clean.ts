// Texts in which nothing sensitive was found need not be looked at again: an agent sends the same instructions and the
// same history with every turn.
//
// Owns:       the clean texts, up to `charactersMax` of them in two halves: the older half goes as a whole.
// Invariants: RM1 a text in which something was found is never kept, so that no secret stays in memory for it.
import type { Detector } from '@chorale/module-models';

const charactersMax = 8 * 1024 * 1024;
/** Looking at less takes no longer than remembering it. */
const lengthMin = 32;
/** One text must not push out all others. */
const lengthMax = charactersMax / 16;

export function rememberClean(detectors: readonly Detector[]): readonly Detector[] {
  let recent = new Set<string>();
  let older = new Set<string>();
  let characters = 0;

  function remember(text: string): void {
    if (characters + text.length > charactersMax / 2) {
      older = recent;
      recent = new Set();
      characters = 0;
    }
    recent.add(text);
    characters += text.length;
  }

  return [
    (text) => {
      const worth = text.length >= lengthMin && text.length <= lengthMax;
      if (worth && recent.has(text)) return [];
      if (worth && older.has(text)) {
        remember(text);
        return [];
      }
      const found = detectors.flatMap((detect) => detect(text));
      if (worth && found.length === 0) remember(text);
      return found;
    },
  ];
}
