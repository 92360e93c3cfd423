import { Outlet, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { lazy, Suspense, useState } from 'react';
import { useCommands } from './commands.tsx';
import { Palette } from './palette.tsx';
import { makeShellCommands } from './shell-commands.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import styles from './shell.module.css';
import { Sidebar } from './sidebar.tsx';

const NewGoalDialog = lazy(async () => ({ default: (await import('../goals/new-goal-dialog.tsx')).NewGoalDialog }));

/** What stays while views change: the way around, the palette, the keyboard. */
export function Shell(): ReactNode {
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const [open, setOpen] = useState<'palette' | 'shortcuts' | undefined>();
  const startGoal = (): void => void navigate({ to: '.', search: (previous) => ({ ...previous, new: '' }) });
  const closeNewGoal = (): void => void navigate({ to: '.', search: ({ new: _dropped, ...rest }) => rest });
  const find = (): void => setOpen('palette');
  const showShortcuts = (): void => setOpen('shortcuts');
  useCommands(makeShellCommands({ go: (to) => void navigate({ to }), startGoal, find, showShortcuts }));

  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        Skip to content
      </a>
      <Sidebar
        onFind={find}
        onNewGoal={startGoal}
        onShortcuts={showShortcuts}
        onAccount={() => void navigate({ to: '/account' })}
      />
      <main id="main" tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
      <Palette open={open === 'palette'} onClose={() => setOpen(undefined)} />
      <ShortcutsDialog open={open === 'shortcuts'} onClose={() => setOpen(undefined)} />
      {search.new === undefined ? null : (
        <Suspense>
          <NewGoalDialog workflow={search.new} onClose={closeNewGoal} />
        </Suspense>
      )}
    </div>
  );
}
