import { expect, test } from 'vitest';
import { installBubblewrap, type InstallMachine } from './install-bubblewrap.ts';

interface Story {
  readonly isRoot?: boolean;
  readonly files?: readonly string[];
  /** Exit codes of apt-get install, in order. */
  readonly installs?: readonly number[];
  readonly sudo?: number;
}

/** A machine on which apt-get behaves as told, and bwrap is there after an install that ended with 0. */
function machineOf({ isRoot = true, files = ['/usr/bin/apt-get', '/usr/bin/sudo'], installs = [0], sudo = 0 }: Story) {
  const commands: string[] = [];
  const codes = [...installs];
  let installed = false;
  const machine: InstallMachine = {
    isRoot,
    exists: (path) => files.includes(path) || (path === '/usr/bin/bwrap' && installed),
    run: (argv) => {
      commands.push(argv.join(' '));
      if (argv.at(-1) === 'true') return Promise.resolve(sudo);
      if (argv.at(-1) === 'update') return Promise.resolve(0);
      const code = codes.shift() ?? 100;
      installed = code === 0;
      return Promise.resolve(code);
    },
  };
  return { machine, commands };
}

const install = '/usr/bin/apt-get install -y --no-install-recommends bubblewrap';

test('[SB42] does nothing where it is installed', async () => {
  const { machine, commands } = machineOf({ files: ['/usr/bin/bwrap'] });
  expect(await installBubblewrap({ say: () => undefined, machine })).toEqual({ outcome: 'already-there' });
  expect(commands).toEqual([]);
});

test('[SB42] installs as root and says so', async () => {
  const said: string[] = [];
  const { machine, commands } = machineOf({});
  expect(await installBubblewrap({ say: (line) => said.push(line), machine })).toEqual({ outcome: 'installed' });
  expect(commands).toEqual([install]);
  expect(said[0]).toContain(install);
});

test('[SB42] refreshes the package lists once when the package is not found', async () => {
  const { machine, commands } = machineOf({ installs: [100, 0] });
  expect(await installBubblewrap({ say: () => undefined, machine })).toEqual({ outcome: 'installed' });
  expect(commands).toEqual([install, '/usr/bin/apt-get update', install]);
});

test('[SB42] uses sudo when it asks nobody, and otherwise gives the command to a person', async () => {
  const allowed = machineOf({ isRoot: false });
  expect(await installBubblewrap({ say: () => undefined, machine: allowed.machine })).toEqual({ outcome: 'installed' });
  expect(allowed.commands).toEqual(['/usr/bin/sudo -n true', `/usr/bin/sudo -n ${install}`]);
  const asked = machineOf({ isRoot: false, sudo: 1 });
  expect(await installBubblewrap({ say: () => undefined, machine: asked.machine })).toMatchObject({
    outcome: 'not-allowed',
    command: 'sudo apt-get install -y bubblewrap',
  });
  expect(asked.commands).toEqual(['/usr/bin/sudo -n true']);
});

test('[SB42] a package manager that fails, lies or is missing is reported', async () => {
  const say = (): void => undefined;
  expect(await installBubblewrap({ say, machine: machineOf({ installs: [100, 100] }).machine })).toMatchObject({
    outcome: 'failed',
  });
  expect(await installBubblewrap({ say, machine: machineOf({ files: [] }).machine })).toMatchObject({
    outcome: 'no-package-manager',
  });
});
