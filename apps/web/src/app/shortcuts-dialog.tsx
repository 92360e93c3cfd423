import type { ReactNode } from 'react';
import { Dialog, DialogBody } from '../ui/dialog.tsx';
import { Checkbox } from '../ui/field.tsx';
import { Keys } from '../ui/keys.tsx';
import { Unseen } from '../ui/unseen.tsx';
import { useCommandList } from './commands.tsx';
import { rankCommands } from './rank-commands.ts';
import styles from './shortcuts-dialog.module.css';
import { singleKeysChoice } from './shortcuts.ts';
import { useChoice } from './stored-choice.ts';

/** The keys that work where the person is now; read from the same commands that they run. */
export function ShortcutsDialog({
  open,
  onClose,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const commands = useCommandList().filter((command) => command.keys !== undefined);
  const singleKeys = useChoice(singleKeysChoice);
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts">
      <DialogBody>
        {rankCommands(commands, '').map((group) => (
          <section key={group.value} className={styles.group}>
            <h3>{group.value}</h3>
            <dl className={styles.list}>
              {group.items.map((command) => (
                <div key={command.id} className={styles.row}>
                  <dt>{command.title}</dt>
                  <dd>
                    <Unseen>{command.keys}</Unseen>
                    <Keys keys={command.keys ?? ''} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <Checkbox
          label="Shortcuts of a single key"
          checked={singleKeys === 'on'}
          onChange={(event) => singleKeysChoice.set(event.target.checked ? 'on' : 'off')}
        />
      </DialogBody>
    </Dialog>
  );
}
