const names: { readonly [key: string]: string } = {
  enter: '↵',
  escape: 'Esc',
  arrowup: '↑',
  arrowdown: '↓',
  shift: '⇧',
  space: 'Space',
};

/** The caps to draw for a shortcut: `mod+k` is one chord, `g a` is one key after another. */
export function keyLabels(keys: string, apple: boolean): readonly string[] {
  return keys.split(/[ +]/).map((key) => {
    if (key === 'mod') return apple ? '⌘' : 'Ctrl';
    return names[key] ?? key.toUpperCase();
  });
}
