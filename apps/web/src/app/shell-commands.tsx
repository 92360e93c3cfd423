import {
  AccountIcon,
  ApprovalsIcon,
  AuditIcon,
  GoalsIcon,
  KeyboardIcon,
  MemoryIcon,
  ModelsIcon,
  MoonIcon,
  PlusIcon,
  ScreenIcon,
  SearchIcon,
  SunIcon,
  SystemIcon,
  WorkflowsIcon,
} from '../ui/icons.tsx';
import type { Command } from './commands.tsx';
import { type Theme, themeChoice } from './theme.ts';

export type MainView =
  | '/goals'
  | '/approvals'
  | '/workflows'
  | '/models'
  | '/memory'
  | '/audit'
  | '/system'
  | '/account'
  | '/members';

interface ShellActions {
  readonly go: (to: MainView) => void;
  readonly startGoal: () => void;
  readonly find: () => void;
  readonly showShortcuts: () => void;
}

/** What can be done wherever one is. */
export function makeShellCommands(actions: ShellActions): readonly Command[] {
  return [
    {
      id: 'goal.new',
      title: 'New goal',
      group: 'Goals',
      keys: 'c',
      keywords: 'start run workflow create',
      icon: <PlusIcon />,
      run: actions.startGoal,
    },
    goTo('/goals', { title: 'Go to goals', keys: 'g g', icon: <GoalsIcon /> }, actions),
    goTo(
      '/approvals',
      { title: 'Go to approvals', keys: 'g a', keywords: 'inbox decide', icon: <ApprovalsIcon /> },
      actions,
    ),
    goTo('/workflows', { title: 'Go to workflows', keys: 'g w', icon: <WorkflowsIcon /> }, actions),
    goTo(
      '/models',
      { title: 'Go to models', keys: 'g m', keywords: 'deployments budgets keys calls cost', icon: <ModelsIcon /> },
      actions,
    ),
    goTo(
      '/memory',
      { title: 'Go to memory', keys: 'g r', keywords: 'remember recall quarantine timeline', icon: <MemoryIcon /> },
      actions,
    ),
    goTo(
      '/audit',
      { title: 'Go to audit', keys: 'g l', keywords: 'log who did what verify proof', icon: <AuditIcon /> },
      actions,
    ),
    goTo(
      '/system',
      { title: 'Go to system', keys: 'g s', keywords: 'queue workers doctor', icon: <SystemIcon /> },
      actions,
    ),
    goTo(
      '/account',
      { title: 'Go to your account', keys: 'g u', keywords: 'password sessions keys log out', icon: <AccountIcon /> },
      actions,
    ),
    goTo('/members', { title: 'Go to members', keywords: 'people roles invite', icon: <AccountIcon /> }, actions),
    {
      id: 'palette.open',
      title: 'Find a command',
      group: 'Page',
      keys: 'mod+k',
      icon: <SearchIcon />,
      run: actions.find,
    },
    {
      id: 'shortcuts.open',
      title: 'Show keyboard shortcuts',
      group: 'Page',
      keys: '?',
      keywords: 'help keys',
      icon: <KeyboardIcon />,
      run: actions.showShortcuts,
    },
    chooseTheme('light', { title: 'Use the light theme', icon: <SunIcon /> }),
    chooseTheme('dark', { title: 'Use the dark theme', icon: <MoonIcon /> }),
    chooseTheme('system', { title: 'Use the theme of the system', icon: <ScreenIcon /> }),
  ];
}

function goTo(
  to: MainView,
  about: Pick<Command, 'title' | 'keys' | 'keywords' | 'icon'>,
  { go }: ShellActions,
): Command {
  return { id: `go.${to.slice(1)}`, group: 'Go', ...about, run: () => go(to) };
}

function chooseTheme(theme: Theme, about: Pick<Command, 'title' | 'icon'>): Command {
  return { id: `theme.${theme}`, group: 'Page', keywords: 'appearance', ...about, run: () => themeChoice.set(theme) };
}
