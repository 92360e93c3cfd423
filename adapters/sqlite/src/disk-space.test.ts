import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '@chorale/module-goals';
import { expect, test } from 'vitest';
import { isKeeping, watchDisk } from './disk-space.ts';

const goesOn: Record<Command['command'], boolean> = {
  'submit-goal': false,
  'claim-tasks': false,
  'finish-attempt': false,
  'record-step': false,
  'decide-approval': false,
  'send-message': false,
  'send-signal': false,
  'pause-goal': true,
  'resume-goal': false,
  'reconcile-goal': false,
  'cancel-goal': true,
  'edit-plan': false,
  'retry-task': false,
  'rerun-from': false,
  'wake-task': false,
  'release-task': false,
  'wake-goal': false,
  'expire-approval': false,
  'register-worker': false,
  heartbeat: true,
  'retire-worker': true,
  'put-schedule': false,
  'drop-schedule': false,
  'fire-schedule': false,
  'archive-goals': false,
};

test.each(Object.entries(goesOn))('[SE6] while the disk is nearly full, %s goes on: %s', (command, expected) => {
  expect(isKeeping({ command } as Command)).toBe(expected);
});

test('a disk with room is no reason to stop', () => {
  expect(watchDisk(join(tmpdir(), 'chorale.db'))()).toBeUndefined();
});
