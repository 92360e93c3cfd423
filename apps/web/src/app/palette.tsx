import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { SearchIcon } from '../ui/icons.tsx';
import { Keys } from '../ui/keys.tsx';
import type { Command } from './commands.tsx';
import { useCommandList } from './commands.tsx';
import styles from './palette.module.css';
import { useGoalCommands } from './goal-commands.tsx';
import { rankCommands } from './rank-commands.ts';

/** Of each group; typing more narrows it. */
const itemsShown = 20;

/** Every action, found by typing. Enter runs the marked one; the focus returns to where it was. */
export function Palette({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }): ReactNode {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => next || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.scrim} />
        <Dialog.Viewport className={styles.viewport}>
          <Dialog.Popup className={styles.popup} aria-label="Command palette">
            <PaletteBody onClose={onClose} />
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteBody({ onClose }: { readonly onClose: () => void }): ReactNode {
  const commands = useCommandList();
  const goals = useGoalCommands();
  const [typed, setTyped] = useState('');
  // Goals only once something is typed: what can be done comes first.
  const groups = rankCommands(typed.trim() === '' ? commands : [...commands, ...goals], typed).map(
    ({ value, items }) => ({
      value,
      items: items.slice(0, itemsShown),
    }),
  );
  const run = (command: Command): void => {
    onClose();
    // After the dialog has given the focus back, so that a dialog the command opens returns it to the same place.
    requestAnimationFrame(() => command.run());
  };
  return (
    <Autocomplete.Root
      open
      inline
      items={groups}
      value={typed}
      onValueChange={setTyped}
      filter={null}
      itemToStringValue={(command: Command) => command.title}
      autoHighlight="always"
      keepHighlight
    >
      <div className={styles.search}>
        <SearchIcon />
        <Autocomplete.Input
          className={styles.input}
          aria-label="Search commands"
          placeholder="What do you want to do?"
        />
      </div>
      <Autocomplete.Empty>
        {groups.length === 0 ? <p className={styles.none}>No command is called “{typed}”.</p> : null}
      </Autocomplete.Empty>
      <Autocomplete.List className={styles.list}>
        {(group: (typeof groups)[number]) => (
          <Autocomplete.Group key={group.value} items={group.items} className={styles.group}>
            <Autocomplete.GroupLabel className={styles.groupLabel}>{group.value}</Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(command: Command) => (
                <Autocomplete.Item
                  key={command.id}
                  value={command}
                  className={styles.item}
                  onClick={() => run(command)}
                >
                  <span className={styles.icon}>{command.icon}</span>
                  <span className={styles.title}>{command.title}</span>
                  {command.keys === undefined ? null : <Keys keys={command.keys} />}
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}
