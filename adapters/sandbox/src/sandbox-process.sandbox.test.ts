// What the process that runs a driver leaks and leaves: tested on processes of their own, which can be crashed.

import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createHostFixture, removeMadeDirectories } from './host-fixture.ts';
import { openCgroups } from './open-cgroups.ts';
import { openSandbox } from './open-sandbox.ts';

afterAll(removeMadeDirectories);

const { countProcesses, makeDirectory } = createHostFixture(() => openSandbox());
const program = fileURLToPath(import.meta.resolve('./fixtures/run-one.ts'));
const nodeArguments = async (driver: string): Promise<readonly string[]> => [
  '--conditions=chorale-source',
  program,
  driver,
  (await makeDirectory()).path,
];

const groupsOf = (pid: number): readonly string[] =>
  openCgroups().bases.flatMap((base) =>
    readdirSync(base)
      .filter((name) => name.startsWith(`chorale-${pid}-`))
      .map((name) => join(base, name)),
  );

const stateOf = (pid: number): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`chorale-sandbox-${pid}-`));

async function firstOutput(child: ChildProcess): Promise<void> {
  const errors = text(child.stderr as NonNullable<ChildProcess['stderr']>);
  await Promise.race([once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data'), once(child, 'exit')]);
  if (child.exitCode !== null) throw new Error(`ended early with ${child.exitCode}: ${await errors}`);
}

describe.each(['bubblewrap', 'namespaces'] as const)('the process behind %s', (driver) => {
  test('[SB33] may be killed at any moment: its sandboxes end with it, and the next start removes the rest', async () => {
    const marker = `marker-${randomUUID()}`;
    const script = `setsid perl -e 'sleep 60' ${marker} & perl -e 'sleep 60' ${marker} & echo up; perl -e 'sleep 60' ${marker}`;
    const child = spawn(process.execPath, [...(await nodeArguments(driver)), script], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const pid = child.pid as number;
    await firstOutput(child);
    expect(await countProcesses(marker)).toBeGreaterThan(2);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await vi.waitFor(async () => expect(await countProcesses(marker)).toBe(0), { timeout: 5_000 });
    expect(stateOf(pid)).toHaveLength(1);
    await vi.waitFor(
      async () => {
        await (await openSandbox({ drivers: [driver] })).close();
        expect([...groupsOf(pid), ...stateOf(pid)]).toEqual([]);
      },
      { timeout: 5_000 },
    );
  });

  test('[SB15] does not hand on what it inherited itself', async () => {
    // The shell opens descriptors that are not closed on exec, as an inattentive service manager might.
    const script =
      'for n in 3 4 5 6 7 8 9 20 40; do [ -e /proc/self/fd/$n ] && readlink /proc/self/fd/$n; done; cat <&40; echo end';
    const opened = `exec 7</etc/passwd 20</etc/hostname 40</etc/passwd; exec "$@"`;
    const child = spawn(
      '/bin/bash',
      ['-c', opened, 'sh', process.execPath, ...(await nodeArguments(driver)), `exec /bin/bash -c '${script}'`],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const output = await text(child.stdout);
    expect(
      output.split('\n').filter((line) => line !== '' && line !== '/dev/null' && !line.startsWith('/proc/')),
    ).toEqual(['end']);
  });

  test('[SB13] starts its launcher with nothing of its own environment', async () => {
    const canary = `canary-${randomUUID()}`;
    const script = 'cat /proc/*/environ | tr "\\0" "\\n"; env; echo end';
    const child = spawn(process.execPath, [...(await nodeArguments(driver)), script], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, CHORALE_TEST_SECRET: canary },
    });
    const output = await text(child.stdout);
    expect(output).toContain('end');
    expect(output).not.toContain(canary);
  });

  test('[SB33] leaves no group and no file after an ordinary end', async () => {
    const child = spawn(process.execPath, [...(await nodeArguments(driver)), 'echo ok'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(await text(child.stdout)).toBe('ok\n');
    if (child.exitCode === null) await once(child, 'exit');
    expect([...groupsOf(child.pid as number), ...stateOf(child.pid as number)]).toEqual([]);
  });
});

test('[SB13] the command line of a launcher, which every user may read, holds no environment', async () => {
  const sandbox = await openSandbox();
  const directory = await makeDirectory();
  const secret = `secret-${randomUUID()}`;
  let seen = -1;
  await sandbox.run(
    { argv: ['/bin/sh', '-c', 'echo up; sleep 0.3'], env: { TOKEN: secret }, workspace: directory.path },
    { onStdout: () => void countProcesses(secret).then((count) => (seen = count)) },
  );
  await sandbox.close();
  expect(seen).toBe(0);
});

test('[SB40] where no driver works the refusal names each and the command that mends it', async () => {
  await expect(openSandbox({ drivers: [] })).rejects.toMatchObject({
    family: 'refused',
    code: 'sandbox-unavailable',
    action: expect.stringContaining('apt-get install') as string,
  });
});

test('[SB26] this machine is described as it is', async () => {
  const { version, controllers } = openCgroups();
  const hierarchies = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n');
  const v1 = hierarchies.some((line) => !line.startsWith('0::') && /:(memory|pids|cpu)/.test(line));
  expect(version === 'v2' && v1).toBe(false);
  expect(controllers.size > 0).toBe(version !== 'none');
  expect(existsSync('/sys/fs/cgroup') || version === 'none').toBe(true);
});
