// The part of the SandboxDriver suite about limits, and about how a run ends: with nothing left of it.

import { describe, expect, test } from 'vitest';
import { useBench, type SandboxFixture } from './sandbox-driver-fixture.contract.ts';

const mebibyte = 1024 * 1024;

function describeLimits(name: string, fixture: SandboxFixture): void {
  describe(`${name} holds its limits`, () => {
    const bench = useBench(fixture);
    const perl = (program: string) => ['/usr/bin/perl', '-e', program] as const;

    test('[SB20] memory: a process that takes too much does not get it, and the result says so', async () => {
      const result = await bench().run(perl('my $all = ""; $all .= "x" x 1048576 while 1;'), {
        limits: { memoryBytes: 64 * mebibyte },
      });
      // Without a cgroup the kernel may refuse one process the memory before we see that it has too much.
      const refusable = bench().driver.facts.enforcement.memory !== 'cgroup';
      expect(result.exitCode).not.toBe(0);
      expect(refusable || (result.oomKilled && result.limitsHit.includes('memory'))).toBe(true);
    });

    test('[SB20] memory: many small processes count together', async () => {
      const program =
        'for (1 .. 8) { next if fork; my $all = "x" x (30 * 1048576); sleep 2; exit } 1 while wait != -1; print "survived"';
      const result = await bench().run(perl(program), { limits: { memoryBytes: 96 * mebibyte, wallMs: 10_000 } });
      expect(result.limitsHit).toContain('memory');
    });

    test('[SB21] processes: a command that only makes more of itself ends at its limit and leaves nothing', async () => {
      const marker = fixture.marker();
      // Not without end: where a limit failed, the test must not take the machine with it.
      const program = `my $m = "${marker}"; for (1 .. 400) { my $child = fork; last unless defined $child; next if $child; sleep 5; exit } sleep 1;`;
      const result = await bench().run(perl(program), { limits: { pids: 32, wallMs: 5_000 } });
      expect(result.limitsHit).toContain('pids');
      expect(await fixture.countProcesses(marker)).toBe(0);
    });

    test('[SB22] time: a command is asked to end, and killed when it does not', async () => {
      const { shell } = bench();
      const polite = await shell('trap "echo bye; exit 0" TERM; sleep 30 & wait', { limits: { wallMs: 1_500 } });
      expect(polite).toMatchObject({ timedOut: true, limitsHit: ['wall'], stdout: 'bye\n' });
      const deaf = await shell('trap "" TERM; sleep 30; echo survived', { limits: { wallMs: 500 } }, { graceMs: 200 });
      expect(deaf).toMatchObject({ timedOut: true, signal: 'SIGKILL', stdout: '' });
      expect(deaf.usage.wallMs).toBeLessThan(10_000);
    });

    test('[SB23] processor time: a busy loop gets its share and no more', async () => {
      const { run, driver } = bench();
      const result = await run(perl('my $end = time + 2; 1 while time < $end;'), { limits: { cpus: 0.25 } });
      const share = (result.usage.cpuMs ?? 0) / result.usage.wallMs;
      expect(share).toBeGreaterThan(0.05);
      const held = driver.facts.enforcement.cpu === 'cgroup';
      expect(share).toBeLessThan(held ? 0.4 : Infinity);
      expect(held || driver.facts.warnings.join().includes('cpu')).toBe(true);
    });

    test('[SB24] disk: a file larger than the quota is refused by the kernel', async () => {
      const { shell, workspace } = bench();
      const result = await shell('head -c 40000000 /dev/zero > large', { limits: { diskBytes: 8 * mebibyte } });
      expect(result.limitsHit).toContain('disk');
      expect((await workspace.read('large'))?.length ?? 0).toBeLessThanOrEqual(8 * mebibyte);
    });

    test('[SB24] disk: many files that pass the quota together end the run', async () => {
      const result = await bench().shell('i=0; while :; do i=$((i+1)); head -c 1000000 /dev/zero > file$i; done', {
        limits: { diskBytes: 16 * mebibyte, wallMs: 20_000 },
      });
      expect(result).toMatchObject({ timedOut: false, limitsHit: ['disk'] });
    });

    test('[SB24] disk: empty files count too', async () => {
      const program = 'my $n = 0; while (1) { open(my $o, ">", "f" . $n++) or die; close $o }';
      const result = await bench().run(perl(program), { limits: { diskBytes: 4 * mebibyte, wallMs: 20_000 } });
      expect(result).toMatchObject({ timedOut: false, limitsHit: ['disk'] });
    });

    test('[SB25] usage is reported', async () => {
      const { usage } = await bench().run(
        perl('my $all = "x" x (40 * 1048576); my $end = time + 1; 1 while time <= $end;'),
      );
      expect(usage.wallMs).toBeGreaterThan(500);
      expect(usage.cpuMs).toBeGreaterThan(300);
      expect(usage.memoryBytesMax).toBeGreaterThan(40 * mebibyte);
    });
  });
}

function describeEnd(name: string, fixture: SandboxFixture): void {
  describe(`${name} leaves nothing behind`, () => {
    const bench = useBench(fixture);
    const sleeper = (marker: string): string => `/usr/bin/perl -e 'sleep 60' ${marker}`;

    test.each([
      { title: 'a background process', start: (command: string) => `${command} &` },
      { title: 'a process in a session of its own', start: (command: string) => `setsid ${command} &` },
      { title: 'a process deaf to hang-ups', start: (command: string) => `nohup ${command} > /dev/null 2>&1 &` },
      {
        title: 'a daemon without a parent or open files',
        start: (command: string) =>
          `(setsid sh -c "exec ${command.replaceAll("'", '\\"')}" < /dev/null > /dev/null 2>&1 &) &`,
      },
      { title: 'a stopped process', start: (command: string) => `${command} & kill -STOP $!` },
      {
        title: 'a process deaf to every signal',
        start: (command: string) => `(trap "" HUP INT TERM QUIT; ${command}) &`,
      },
    ])('[SB30] when a command ends: $title', async ({ start }) => {
      const marker = fixture.marker();
      const result = await bench().shell(`${start(sleeper(marker))} sleep 0.1; echo done`);
      expect(result).toMatchObject({ stdout: 'done\n', exitCode: 0 });
      expect(await fixture.countProcesses(marker)).toBe(0);
    });

    test('[SB30] a socket left listening is closed with its process', async () => {
      const marker = fixture.marker();
      const program = `use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0); bind($s, sockaddr_in(0, inet_aton("127.0.0.1"))); listen($s, 1); my ($port) = sockaddr_in(getsockname $s); $| = 1; print $port; unless (fork) { my $m = "${marker}"; POSIX::setsid(); sleep 60 }`;
      const { driver, run } = bench();
      const network = driver.facts.isolated ? { network: 'host' as const } : {};
      const { stdout: port } = await run(['/usr/bin/perl', '-MPOSIX', '-e', program], network);
      expect(Number(port)).toBeGreaterThan(0);
      const connect = `use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0); print connect($s, sockaddr_in(${port}, inet_aton("127.0.0.1"))) ? "open" : "closed"`;
      expect((await run(['/usr/bin/perl', '-e', connect], network)).stdout).toBe('closed');
      expect(await fixture.countProcesses(marker)).toBe(0);
    });

    test('[SB31] a signal cancels: politely first, then for good', async () => {
      const marker = fixture.marker();
      const { shell } = bench();
      const runUntilUp = (script: string, graceMs?: number) => {
        const { signal, abort } = fixture.makeAbort();
        const options = graceMs === undefined ? { signal } : { signal, graceMs };
        return shell(script, {}, { ...options, onStdout: abort });
      };
      const polite = await runUntilUp('trap "echo bye; exit 7" TERM; echo up; sleep 60 & wait');
      expect(polite).toMatchObject({ cancelled: true, timedOut: false, exitCode: 7, stdout: 'up\nbye\n' });
      const script = `trap "" TERM; setsid ${sleeper(marker)} & echo up; ${sleeper(marker)}; echo survived`;
      const deaf = await runUntilUp(script, 200);
      expect(deaf).toMatchObject({ cancelled: true, signal: 'SIGKILL', stdout: 'up\n' });
      expect(await fixture.countProcesses(marker)).toBe(0);
    });

    test('[SB31] a run that was cancelled before it began does not begin', async () => {
      const { shell, workspace } = bench();
      const { signal, abort } = fixture.makeAbort();
      abort();
      expect(await shell('touch ran', {}, { signal })).toMatchObject({ cancelled: true, exitCode: null });
      expect(await workspace.read('ran')).toBeUndefined();
    });

    test('[SB32] closing the driver ends what runs, and refuses what comes after', async () => {
      const marker = fixture.marker();
      const driver = await fixture.open();
      const workspace = await fixture.makeDirectory();
      const command = { argv: ['/bin/sh', '-c', `echo up; ${sleeper(marker)}`] as const, workspace: workspace.path };
      let running: Promise<unknown> = Promise.resolve();
      await new Promise<void>((resolve) => {
        running = driver.run(command, { onStdout: () => resolve() });
      });
      expect(await fixture.countProcesses(marker)).toBeGreaterThan(0);
      await driver.close();
      expect(await running).toMatchObject({ cancelled: true });
      expect(await fixture.countProcesses(marker)).toBe(0);
      await expect(driver.run(command)).rejects.toMatchObject({ code: 'sandbox-closed' });
    });
  });
}

export function describeSandboxEndings(name: string, fixture: SandboxFixture): void {
  describeLimits(name, fixture);
  describeEnd(name, fixture);
}
