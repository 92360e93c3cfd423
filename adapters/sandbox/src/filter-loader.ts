// Loads the system call filter and becomes the sandboxed program, in Perl: the one interpreter that is part of every
// Debian and Ubuntu (perl-base is essential there) and can make system calls. setpriv(1) learnt it only in 2.41.

import type { Architecture } from './syscall-numbers.ts';

const numbers: Readonly<Record<Architecture, { readonly prctl: number; readonly seccomp: number }>> = {
  x64: { prctl: 157, seccomp: 317 },
  arm64: { prctl: 167, seccomp: 277 },
};

export const perl = '/usr/bin/perl';

/**
 * The program reads the filter and then the command from two descriptors, says that it is ready, waits at the gate, and
 * closes all of them. The command is NUL-separated:
 * the number of environment entries, the entries, the arguments.
 */
export function filterLoader(
  architecture: Architecture,
  descriptors: Readonly<Record<'filter' | 'command' | 'ready' | 'gate', number>>,
): string {
  const { prctl, seccomp } = numbers[architecture];
  return [
    'use strict; $^F = 255;',
    'sub slurp { open(my $in, "<&=", $_[0]) or die "descriptor $_[0]: $!\\n"; binmode $in; local $/; my $all = <$in>; close $in; $all }',
    `my $filter = slurp(${descriptors.filter});`,
    `my ($count, @rest) = split /\\0/, slurp(${descriptors.command}), -1; pop @rest;`,
    `open(my $ready, ">&=", ${descriptors.ready}) or die "ready: $!\\n"; syswrite $ready, "\\n"; close $ready;`,
    `open(my $gate, "<&=", ${descriptors.gate}) or die "gate: $!\\n"; sysread($gate, my $go, 1) or exit 1; close $gate;`,
    '%ENV = map { split /=/, $_, 2 } splice(@rest, 0, $count);',
    `syscall(${prctl}, 38, 1, 0, 0, 0) == 0 or die "no_new_privs: $!\\n";`,
    'my $program = pack("S x![P] P", length($filter) / 8, $filter);',
    `syscall(${seccomp}, 1, 0, $program) == 0 or die "seccomp: $!\\n";`,
    'exec { $rest[0] } @rest or die "$rest[0]: $!\\n";',
  ].join(' ');
}

export function encodeCommand(env: Readonly<Record<string, string>>, argv: readonly string[]): Uint8Array {
  const entries = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return new TextEncoder().encode([String(entries.length), ...entries, ...argv].map((text) => `${text}\0`).join(''));
}
