import { StoredChoice } from './stored-choice.ts';

export type Theme = 'system' | 'light' | 'dark';

/** public/theme.js reads the same key before the first paint. */
export const themeChoice = new StoredChoice<Theme>('chorale.theme', ['system', 'light', 'dark']);

/** Keeps the document in the chosen theme from now on. */
export function applyThemeChoice(): void {
  const apply = (): void => {
    const theme = themeChoice.get();
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  };
  themeChoice.subscribe(apply);
  apply();
}
