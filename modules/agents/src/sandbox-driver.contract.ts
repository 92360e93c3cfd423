// What every SandboxDriver must do; the rules are in adapters/sandbox/SPEC.md. An adapter calls `describeSandboxDriver`
// for a driver that isolates, and `describeSandboxRuns` alone for one that does not.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SandboxCommand } from './sandbox-driver.ts';
import { describeSandboxEndings } from './sandbox-driver-endings.contract.ts';
import { useBench, type SandboxFixture } from './sandbox-driver-fixture.contract.ts';
import { probeProgram, probes, type Probe } from './sandbox-driver-probes.ts';

export type { HostDirectory, SandboxFixture } from './sandbox-driver-fixture.contract.ts';
export type { ProbeTargets } from './sandbox-driver-probes.ts';

/** What any driver does, isolating or not. */
export function describeSandboxRuns(name: string, fixture: SandboxFixture): void {
  describe(`${name} runs commands`, () => {
    const bench = useBench(fixture);

    test('[SB1] gives the exit code and both outputs', async () => {
      const result = await bench().shell('echo out; echo err >&2; exit 3');
      expect(result).toMatchObject({ exitCode: 3, signal: null, stdout: 'out\n', stderr: 'err\n', limitsHit: [] });
    });

    test('[SB1] reports a signal as a shell does', async () => {
      expect(await bench().shell('kill -SEGV $$')).toMatchObject({ exitCode: 139, signal: 'SIGSEGV', stderr: '' });
    });

    test('[SB1] a program that does not exist ends with 127', async () => {
      expect((await bench().run(['no-such-program'])).exitCode).toBe(127);
    });

    test('[SB1] arguments arrive as they are', async () => {
      const odd = ["it's", 'a "b"', '$HOME', 'line\nline', '', '*', '-n', 'ü'] as const;
      const result = await bench().run(['/usr/bin/printf', '[%s]', ...odd]);
      expect(result.stdout).toBe(odd.map((item) => `[${item}]`).join(''));
    });

    test('[SB2] the environment is what the command names and four fixed values', async () => {
      const result = await bench().run(['/usr/bin/env', '-0'], { env: { ONE: 'a b\nc=d', PATH: '/usr/bin:/bin' } });
      const names = result.stdout.split('\0').map((entry) => entry.split('=')[0]);
      // A shell on the way may add these of its own, and a driver one that names the run.
      const own = names.filter(
        (entry) => entry !== '' && !['PWD', 'SHLVL', '_', 'OLDPWD', 'CHORALE_SANDBOX_RUN'].includes(entry ?? ''),
      );
      expect(new Set(own)).toEqual(new Set(['HOME', 'LANG', 'ONE', 'PATH', 'TMPDIR']));
      expect(result.stdout.split('\0')).toContain('ONE=a b\nc=d');
    });

    test('[SB3] stdin delivers what was given and then ends', async () => {
      expect((await bench().run(['/bin/cat'], { stdin: 'given' })).stdout).toBe('given');
      expect((await bench().run(['/bin/cat'])).exitCode).toBe(0);
    });

    test('[SB3] stdin takes pieces as they come, so that a command can be talked with', async () => {
      let heard: () => void = () => {};
      const answered = new Promise<void>((resolve) => {
        heard = resolve;
      });
      async function* talk(): AsyncIterable<Uint8Array> {
        yield bytesOf('first\n');
        await answered;
        yield bytesOf('second\n');
      }
      const result = await bench().run(['/bin/cat'], { stdin: talk() }, { onStdout: () => heard() });
      expect(result.stdout).toBe('first\nsecond\n');
    });

    test('[SB4] output is handed on while the command runs', async () => {
      const chunks: string[] = [];
      const decoder = { text: '' };
      await bench().shell(
        'echo one; sleep 0.3; echo two',
        {},
        {
          onStdout: (chunk) => {
            decoder.text += String.fromCharCode(...chunk);
            chunks.push(decoder.text);
          },
        },
      );
      expect(chunks[0]).toBe('one\n');
      expect(chunks.at(-1)).toBe('one\ntwo\n');
    });

    test('[SB5] output past its limit is dropped, whole characters are kept, and the command goes on', async () => {
      const result = await bench().run(
        ['/usr/bin/perl', '-e', 'print "\\xc3\\xa9" x 500000; print STDERR "e" x 10; exit 4'],
        {
          limits: { outputBytes: 1001 },
        },
      );
      expect(result).toMatchObject({ exitCode: 4, truncated: true, limitsHit: ['output'], stderr: 'e'.repeat(10) });
      expect(result.stdout).toBe('é'.repeat(500));
    });

    test('[SB6] refuses a command that breaks the rules, before anything runs', async () => {
      const { workspace, driver } = bench();
      const refusals: readonly Partial<SandboxCommand>[] = [
        { workspace: '/no/such/directory' },
        { workspace: 'relative' },
        { workspaceInside: '/proc/self' },
        { workspaceInside: '/usr' },
        { cwd: 'relative' },
        { env: { 'A=B': 'x' } },
        { argv: ['-x'] },
        { argv: ['/bin/echo', 'a\0b'] },
        { limits: { memoryBytes: 0 } },
        { limits: { pids: Number.NaN } },
        { mounts: [{ hostPath: '/', insidePath: '/host' }] },
        { mounts: [{ hostPath: '/proc', insidePath: '/host' }] },
        { mounts: [{ hostPath: '/dev', insidePath: '/host' }] },
        { mounts: [{ hostPath: workspace.path, insidePath: '/workspace/below' }] },
        { mounts: [{ hostPath: workspace.path, insidePath: '/etc/below' }] },
        { mounts: [{ hostPath: workspace.path, insidePath: '/a/../b' }] },
      ];
      for (const more of refusals) {
        await expect(
          driver.run({ argv: ['/bin/true'], workspace: workspace.path, ...more }),
          JSON.stringify(more),
        ).rejects.toMatchObject({
          family: 'refused',
          code: 'sandbox-command-invalid',
        });
      }
    });

    test('[SB7] runs side by side do not meet', async () => {
      const { driver } = bench();
      const directories = await Promise.all([1, 2, 3, 4].map(() => fixture.makeDirectory()));
      await Promise.all(
        directories.map((directory, index) =>
          driver.run({ argv: ['/bin/sh', '-c', `echo ${index} > own; sleep 0.1; cat own`], workspace: directory.path }),
        ),
      );
      expect(await Promise.all(directories.map((directory) => directory.read('own')))).toEqual([
        '0\n',
        '1\n',
        '2\n',
        '3\n',
      ]);
    });
  });
  describeSandboxEndings(name, fixture);
}

/** What only isolation gives. */
function describeSandboxView(name: string, fixture: SandboxFixture): void {
  describe(`${name} shows what it was told to show`, () => {
    const bench = useBench(fixture);

    test('[SB8] the workspace is at /workspace, writable, and where the command starts', async () => {
      const { shell, workspace } = bench();
      await workspace.write('given', 'from outside');
      expect((await shell('pwd; cat given; echo made > made')).stdout).toBe('/workspace\nfrom outside');
      expect(await workspace.read('made')).toBe('made\n');
    });

    test('[SB8] mounts appear where they were asked for, read-only unless said otherwise', async () => {
      const { shell } = bench();
      const [shown, open] = [await fixture.makeDirectory(), await fixture.makeDirectory()];
      await shown.write('file', 'shown');
      const result = await shell('cat /shown/file; echo x > /shown/file; echo y > /open/file; ls /shown', {
        mounts: [
          { hostPath: shown.path, insidePath: '/shown' },
          { hostPath: open.path, insidePath: '/open', writable: true },
        ],
      });
      expect(result.stdout).toBe('shownfile\n');
      expect(result.stderr).toMatch(/Read-only file system/);
      expect(await shown.read('file')).toBe('shown');
      expect(await open.read('file')).toBe('y\n');
    });

    test('[SB8] the workspace may be elsewhere, and the command may start elsewhere', async () => {
      const result = await bench().shell('pwd; touch /job/made', { workspaceInside: '/job', cwd: '/tmp' });
      expect(result).toMatchObject({ stdout: '/tmp\n', exitCode: 0 });
    });

    test('[SB9] /tmp and /dev/shm are private, writable and empty each time', async () => {
      const { shell } = bench();
      expect((await shell('echo x > /tmp/left; echo x > /dev/shm/left; ls /tmp /dev/shm')).stdout).toMatch(
        /left[^]*left/,
      );
      expect((await shell('ls -A /tmp /dev/shm')).stdout).not.toContain('left');
    });

    test('[SB9] ordinary programs work: a loopback server, pipes, randomness, names of users', async () => {
      const result = await bench().shell(
        'id -un; head -c 4 /dev/urandom | wc -c; echo x > /dev/null; perl -MSocket -e \'socket(my $s, PF_INET, SOCK_STREAM, 0); bind($s, sockaddr_in(0, inet_aton("127.0.0.1"))) && listen($s, 1) && print "listening\\n"\'',
      );
      expect(result.stdout).toBe('sandbox\n4\nlistening\n');
    });

    test('[SB16] with the host network granted the host is reached, but not its Unix services', async () => {
      const { targets, close } = await fixture.openTargets();
      try {
        const connect = `use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0); print connect($s, sockaddr_in(${targets.tcpPort}, inet_aton("127.0.0.1"))) ? "reached" : "not: $!"; print socket(my $u, PF_UNIX, SOCK_STREAM, 0) ? " unix" : " no-unix"; print socketpair(my $a, my $b, PF_UNIX, SOCK_STREAM, 0) ? " pair" : " no-pair";`;
        expect((await bench().run(['/usr/bin/perl', '-e', connect], { network: 'host' })).stdout).toBe(
          'reached no-unix pair',
        );
      } finally {
        await close();
      }
    });
  });
}

function describeSandboxEscapes(name: string, fixture: SandboxFixture): void {
  // The probes carry their rules: [SB10, SB11, SB12, SB13, SB14, SB15, SB16, SB17, SB18].
  describe(`${name} lets nothing out; a command does not reach`, () => {
    const bench = useBench(fixture);
    let opened: Awaited<ReturnType<SandboxFixture['openTargets']>>;
    beforeAll(async () => {
      opened = await fixture.openTargets();
    });
    afterAll(() => opened.close());

    for (const probe of probes) {
      test(`[${probe.rule}] ${probe.title}`, async () => {
        const result = await bench().run(['/usr/bin/perl', '-e', probeProgram(probe, opened.targets)]);
        expect(result).toMatchObject({ stdout: 'PROBED\n', exitCode: 0 });
      });
    }

    test('[SB12] a file outside, by writing through a link in the workspace', async () => {
      const { workspace, shell } = bench();
      const outside = await fixture.makeDirectory();
      await outside.write('file', 'untouched');
      await workspace.link('way-out', `${outside.path}/file`);
      await workspace.link('folder-out', outside.path);
      await shell(
        'echo changed > way-out; echo changed > folder-out/file; echo new > folder-out/new; rm -rf folder-out/; cp /etc/passwd way-out',
      );
      expect(await outside.read('file')).toBe('untouched');
      expect(await outside.read('new')).toBeUndefined();
    });
  });
}

export function describeSandboxDriver(name: string, fixture: SandboxFixture): void {
  describeSandboxRuns(name, fixture);
  describeSandboxView(name, fixture);
  describeSandboxEscapes(name, fixture);
}

/**
 * Shows that the probes can tell: without a sandbox the marked ones escape. Not every kernel is built with every system
 * call, nor lets a container make it, so of those most must.
 */
export function describeProbesOutside(fixture: SandboxFixture, user: 'anyone' | 'root'): void {
  describe(`without a sandbox, as ${user === 'root' ? 'root' : 'an ordinary user'}, a command reaches`, () => {
    const bench = useBench(fixture);
    let opened: Awaited<ReturnType<SandboxFixture['openTargets']>>;
    beforeAll(async () => {
      opened = await fixture.openTargets();
    });
    afterAll(() => opened.close());
    const reaching = probes.filter((probe) => probe.outside === 'anyone' || probe.outside === user);
    const calls = reaching.filter((probe) => probe.rule === 'SB17');
    const escapes = async (probe: Probe): Promise<boolean> => {
      const { stdout } = await bench().run(['/usr/bin/perl', '-e', probeProgram(probe, opened.targets)]);
      return stdout.includes('ESCAPED');
    };

    for (const probe of reaching.filter((candidate) => !calls.includes(candidate))) {
      test(`[${probe.rule}] ${probe.title}`, async () => {
        expect(await escapes(probe)).toBe(true);
      });
    }

    test('[SB17] the kernel, with most of the system calls', async () => {
      let reached = 0;
      for (const probe of calls) reached += (await escapes(probe)) ? 1 : 0;
      expect(reached).toBeGreaterThan(calls.length / 2);
    });
  });
}

/** Of a text of ASCII. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
