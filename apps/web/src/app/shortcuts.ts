// From key presses to commands. Pure, apart from the listener at the end.
import type { Command, CommandRegistry } from './commands.tsx';
import { StoredChoice } from './stored-choice.ts';

/** Keys without a modifier can be switched off, for those whom they hinder (WCAG 2.1.4). */
export const singleKeysChoice = new StoredChoice<'on' | 'off'>('chorale.single-keys', ['on', 'off']);

/** Longest pause between the keys of a sequence such as `g a`. */
const sequencePauseMs = 900;

interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** `mod+k`, `shift+r`, `?`, `escape`; undefined for a modifier by itself and for chords that belong to the system. */
export function nameKeyPress(press: KeyPress): string | undefined {
  if (press.altKey || ['Shift', 'Control', 'Meta', 'Alt'].includes(press.key)) return undefined;
  const key = press.key === ' ' ? 'space' : press.key.toLowerCase();
  const letter = key.length > 1 || key.toUpperCase() !== key;
  const shift = press.shiftKey && letter ? 'shift+' : '';
  return press.ctrlKey || press.metaKey ? `mod+${shift}${key}` : `${shift}${key}`;
}

export type KeyMatch = { readonly command: Command } | { readonly rest: string } | undefined;

/** The command these keys run, or the keys to remember because a longer shortcut begins with them. */
export function matchKeys(commands: readonly Command[], before: string, pressed: string): KeyMatch {
  for (const typed of before === '' ? [pressed] : [`${before} ${pressed}`, pressed]) {
    const command = commands.find((candidate) => candidate.keys === typed);
    if (command !== undefined) return { command };
    if (commands.some((candidate) => candidate.keys?.startsWith(`${typed} `))) return { rest: typed };
  }
  return undefined;
}

/** Listens until the signal aborts. */
export function listenForShortcuts(registry: CommandRegistry, signal: AbortSignal): void {
  let before = '';
  let pressedAt = 0;
  const onKeyDown = (event: KeyboardEvent): void => {
    const pressed = nameKeyPress(event);
    if (pressed === undefined || event.defaultPrevented || event.isComposing || !mayRun(event, pressed)) return;
    const match = matchKeys(registry.list(), event.timeStamp - pressedAt > sequencePauseMs ? '' : before, pressed);
    before = match !== undefined && 'rest' in match ? match.rest : '';
    pressedAt = event.timeStamp;
    if (match === undefined) return;
    event.preventDefault();
    if ('command' in match) match.command.run();
  };
  document.addEventListener('keydown', onKeyDown, { signal });
}

function mayRun(event: KeyboardEvent, pressed: string): boolean {
  if (document.querySelector('[role="dialog"], [role="alertdialog"], :popover-open') !== null) return false;
  if (pressed.startsWith('mod+')) return true;
  if (singleKeysChoice.get() === 'off' && pressed.length === 1) return false;
  if (!(event.target instanceof HTMLElement)) return true;
  return (
    event.target.closest('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable="true"]') ===
    null
  );
}
