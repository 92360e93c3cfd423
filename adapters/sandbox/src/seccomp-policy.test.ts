// The filter is run here by an interpreter of its own, so that both architectures are tested on any machine.

import { describe, expect, test } from 'vitest';
import { buildSeccompProgram } from './seccomp-policy.ts';
import { findSystemCallNumber, type Architecture, type SystemCall } from './syscall-numbers.ts';

const architectures: Readonly<Record<Architecture, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };

interface Call {
  readonly architecture: number;
  readonly number: number;
  readonly args?: readonly number[];
}

/** What struct seccomp_data holds at an offset: number, architecture, instruction pointer, then six 64-bit arguments. */
function wordAt(call: Call, offset: number): number {
  if (offset === 0) return call.number >>> 0;
  if (offset === 4) return call.architecture >>> 0;
  const index = (offset - 16) / 8;
  expect(Number.isInteger(index) && index >= 0 && index < 6).toBe(true);
  return (call.args?.[index] ?? 0) >>> 0;
}

function interpret(program: Uint8Array, call: Call): number {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  let accumulator = 0;
  for (let at = 0; at * 8 < program.length; at++) {
    const code = view.getUint16(at * 8, true);
    const [jumpTrue, jumpFalse] = [view.getUint8(at * 8 + 2), view.getUint8(at * 8 + 3)];
    const operand = view.getUint32(at * 8 + 4, true);
    if (code === 0x06) return operand;
    if (code === 0x20) accumulator = wordAt(call, operand);
    else if (code === 0x54) accumulator = (accumulator & operand) >>> 0;
    else if (code === 0x15) at += accumulator === operand ? jumpTrue : jumpFalse;
    else if (code === 0x25) at += accumulator > operand ? jumpTrue : jumpFalse;
    else throw new Error(`unknown instruction ${code}`);
  }
  throw new Error('the program ran off its end');
}

const verdicts = new Map([
  [0x7fff0000, 'allowed'],
  [0x80000000, 'killed'],
  [0x00050001, 'not permitted'],
  [0x00050026, 'no such call'],
]);

function judgeWith(network: 'none' | 'host') {
  return (architecture: Architecture, name: SystemCall | number, args: readonly number[] = []): string | undefined => {
    const number = typeof name === 'number' ? name : (findSystemCallNumber(name, architecture) as number);
    const program = buildSeccompProgram({ architecture, network });
    return verdicts.get(interpret(program, { architecture: architectures[architecture], number, args }));
  };
}

const judge = judgeWith('none');

describe.each(['x64', 'arm64'] as const)('the system call filter on %s', (architecture) => {
  test('[SB17] allows what programs live on', () => {
    const plain =
      architecture === 'x64'
        ? [0, 1, 3, 9, 11, 39, 59, 60, 202, 231, 257, 439]
        : [56, 57, 63, 64, 93, 98, 172, 215, 221, 222, 439];
    for (const number of plain) expect(judge(architecture, number), String(number)).toBe('allowed');
  });

  test('[SB17] refuses what endangers the host, whatever the arguments', () => {
    const refused = [
      'mount',
      'unshare',
      'setns',
      'ptrace',
      'bpf',
      'keyctl',
      'kexec_load',
      'io_uring_setup',
      'perf_event_open',
      'userfaultfd',
      'reboot',
      'init_module',
      'open_by_handle_at',
      'pidfd_getfd',
    ] as const;
    for (const name of refused) expect(judge(architecture, name, [1, 2, 3, 4, 5, 6]), name).toBe('not permitted');
  });

  test('[SB17] ends a process that calls by the numbers of another architecture', () => {
    const program = buildSeccompProgram({ architecture, network: 'none' });
    for (const other of [0x40000003, 0x40000028, architecture === 'x64' ? architectures.arm64 : architectures.x64]) {
      expect(verdicts.get(interpret(program, { architecture: other, number: 1 }))).toBe('killed');
    }
  });

  test('[SB17] knows nothing of newer calls and of the x32 numbering', () => {
    for (const number of [463, 1000, 0x40000000, 0x40000001, 0xffffffff])
      expect(judge(architecture, number), String(number)).toBe('no such call');
  });

  test('[SB17] looks into flags: threads yes, namespaces no', () => {
    expect(judge(architecture, 'clone', [0x003d0f00])).toBe('allowed');
    expect(judge(architecture, 'clone', [17])).toBe('allowed');
    for (const flag of [0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000]) {
      expect(judge(architecture, 'clone', [flag | 17]), flag.toString(16)).toBe('not permitted');
    }
    expect(judge(architecture, 'clone3')).toBe('no such call');
    expect(judge(architecture, 'openat2')).toBe('no such call');
  });

  test('[SB12] looks into modes: no set-ID bits, no devices', () => {
    expect(judge(architecture, 'fchmodat', [0, 0, 0o755])).toBe('allowed');
    expect(judge(architecture, 'fchmodat', [0, 0, 0o4755])).toBe('not permitted');
    expect(judge(architecture, 'fchmod', [0, 0o2755])).toBe('not permitted');
    expect(judge(architecture, 'openat', [0, 0, 0o101, 0o644])).toBe('allowed');
    expect(judge(architecture, 'openat', [0, 0, 0o101, 0o4755])).toBe('not permitted');
    // Without O_CREAT the fourth argument is whatever the register held.
    expect(judge(architecture, 'openat', [0, 0, 0, 0o4755])).toBe('allowed');
    expect(judge(architecture, 'mknodat', [0, 0, 0o010644])).toBe('allowed');
    expect(judge(architecture, 'mknodat', [0, 0, 0o020644])).toBe('not permitted');
    expect(judge(architecture, 'mknodat', [0, 0, 0o060644])).toBe('not permitted');
  });

  test('[SB17] looks into requests: no typing into terminals', () => {
    expect(judge(architecture, 'ioctl', [0, 0x5401])).toBe('allowed');
    for (const request of [0x5412, 0x541c, 0x5423])
      expect(judge(architecture, 'ioctl', [0, request])).toBe('not permitted');
  });

  test('[SB16] sockets: the Internet and the routing table, Unix only without the host network', () => {
    for (const family of [2, 10]) expect(judge(architecture, 'socket', [family, 1, 0])).toBe('allowed');
    for (const family of [17, 40, 38, 29, 31, 44, 99])
      expect(judge(architecture, 'socket', [family, 1, 0])).toBe('not permitted');
    expect(judge(architecture, 'socket', [16, 3, 0])).toBe('allowed');
    expect(judge(architecture, 'socket', [16, 3, 9])).toBe('not permitted');
    expect(judge(architecture, 'socket', [1, 1, 0])).toBe('allowed');
    expect(judgeWith('host')(architecture, 'socket', [1, 1, 0])).toBe('not permitted');
    expect(judgeWith('host')(architecture, 'socketpair', [1, 1, 0])).toBe('allowed');
    expect(judge(architecture, 'socketpair', [40, 1, 0])).toBe('not permitted');
  });
});
