import type { ReactNode } from 'react';
import { useId } from 'react';
import { IconButton } from '../ui/button.tsx';
import { MoonIcon, ScreenIcon, SunIcon } from '../ui/icons.tsx';
import { useChoice } from './stored-choice.ts';
import { type Theme, themeChoice } from './theme.ts';
import styles from './theme-picker.module.css';

const themes: readonly { readonly theme: Theme; readonly label: string; readonly icon: ReactNode }[] = [
  { theme: 'system', label: 'As the system', icon: <ScreenIcon /> },
  { theme: 'light', label: 'Light', icon: <SunIcon /> },
  { theme: 'dark', label: 'Dark', icon: <MoonIcon /> },
];

/** The browser's own popover: it closes with Escape or a click beside it, and gives the focus back. */
export function ThemePicker(): ReactNode {
  const chosen = useChoice(themeChoice);
  const id = useId();
  return (
    <>
      <IconButton label="Theme" popoverTarget={id}>
        {themes.find(({ theme }) => theme === chosen)?.icon}
      </IconButton>
      <fieldset id={id} popover="auto" className={styles.popover}>
        <legend className={styles.legend}>Theme</legend>
        {themes.map(({ theme, label, icon }) => (
          <label key={theme} className={styles.option}>
            <input
              type="radio"
              name={id}
              checked={theme === chosen}
              onChange={() => themeChoice.set(theme)}
              className={styles.radio}
            />
            {icon}
            {label}
          </label>
        ))}
      </fieldset>
    </>
  );
}
