// Which system calls a sandboxed process may not make, and how that becomes a seccomp program.
//
// A list of refusals and not of permissions: what a compiler, a test runner or a package manager needs changes with
// every release of theirs, while what endangers the host is known. Calls newer than the newest one judged here do not
// exist (ENOSYS), so a new kernel opens nothing.

import { and, assemble, give, ifEqual, ifGreater, load, type Instruction } from './bpf.ts';
import { findSystemCallNumber, systemCallNumberMax, type Architecture, type SystemCall } from './syscall-numbers.ts';

const allow = 0x7fff0000;
const killProcess = 0x80000000;
const fail = (errno: number): number => 0x00050000 | errno;
const notPermitted = fail(1); // EPERM
const noSuchCall = fail(38); // ENOSYS

const auditArchitecture: Readonly<Record<Architecture, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };

/** A condition on the low 32 bits of an argument: all arguments judged here are ints or flags that fit. */
interface Condition {
  readonly argument: number;
  readonly mask: number;
  readonly values: readonly number[];
  /** True: the condition holds when the masked value is none of `values`. */
  readonly noneOf?: true;
}

interface Rule {
  readonly call: SystemCall;
  readonly verdict: number;
  /** Refuse when all conditions of any one clause hold. Absent: always. */
  readonly clauses?: readonly (readonly Condition[])[];
}

const refusedAlways: readonly SystemCall[] = [
  // The mount tree and the root.
  'mount',
  'umount2',
  'pivot_root',
  'chroot',
  'move_mount',
  'open_tree',
  'fsopen',
  'fsconfig',
  'fsmount',
  'fspick',
  'mount_setattr',
  'statmount',
  'listmount',
  'open_by_handle_at',
  'name_to_handle_at',
  // Other namespaces.
  'unshare',
  'setns',
  // Other processes.
  'ptrace',
  'process_vm_readv',
  'process_vm_writev',
  'process_madvise',
  'kcmp',
  'pidfd_getfd',
  // The kernel's programmable or fault-handling parts: a steady source of privilege escalations.
  'bpf',
  'perf_event_open',
  'userfaultfd',
  'io_uring_setup',
  'io_uring_enter',
  'io_uring_register',
  'uretprobe',
  'uprobe',
  // Keyrings are not namespaced.
  'keyctl',
  'add_key',
  'request_key',
  // The machine.
  'reboot',
  'kexec_load',
  'kexec_file_load',
  'init_module',
  'finit_module',
  'delete_module',
  'create_module',
  'get_kernel_syms',
  'query_module',
  'iopl',
  'ioperm',
  'modify_ldt',
  'swapon',
  'swapoff',
  'acct',
  'quotactl',
  'quotactl_fd',
  'syslog',
  'sethostname',
  'setdomainname',
  'settimeofday',
  'clock_settime',
  'clock_adjtime',
  'adjtimex',
  'vhangup',
  'fanotify_init',
  'fanotify_mark',
  'lookup_dcookie',
  // Placing memory on nodes of the host.
  'mbind',
  'set_mempolicy',
  'get_mempolicy',
  'migrate_pages',
  'move_pages',
  'set_mempolicy_home_node',
  // Leftovers that only enlarge the surface.
  'sysctl',
  'nfsservctl',
  'afs_syscall',
  'tuxcall',
  'security',
  'vserver',
  'uselib',
  'ustat',
  'sysfs',
];

const setIdBits = 0o6000;
const createFlags = 0o100 | 0o20000000; // O_CREAT | __O_TMPFILE
const fileTypeMask = 0o170000;
const deviceTypes = [0o020000, 0o060000]; // S_IFCHR, S_IFBLK
const namespaceFlags = 0x7e020000; // CLONE_NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET
const wholeWord = 0xffffffff;

const anyBit = (argument: number, mask: number): Condition => ({ argument, mask, values: [0], noneOf: true });

/** Terminal input of others (TIOCSTI, TIOCLINUX) and line disciplines (TIOCSETD). */
const refusedIoctls = [0x5412, 0x541c, 0x5423];

const unixFamily = 1;
const netlinkFamily = 16;
const internetFamilies = [2, 10];

const refusedByArgument: readonly Rule[] = [
  { call: 'clone', verdict: notPermitted, clauses: [[anyBit(0, namespaceFlags)]] },
  // Their flags lie behind a pointer, where a filter cannot look; libraries fall back to the older call on ENOSYS.
  { call: 'clone3', verdict: noSuchCall },
  { call: 'openat2', verdict: noSuchCall },
  { call: 'ioctl', verdict: notPermitted, clauses: [[{ argument: 1, mask: wholeWord, values: refusedIoctls }]] },
  {
    call: 'personality',
    verdict: notPermitted,
    clauses: [[{ argument: 0, mask: wholeWord, values: [0, wholeWord], noneOf: true }]],
  },
  // No set-user-ID or set-group-ID file may appear on the host: there it would carry the rights of whoever runs us.
  { call: 'chmod', verdict: notPermitted, clauses: [[anyBit(1, setIdBits)]] },
  { call: 'fchmod', verdict: notPermitted, clauses: [[anyBit(1, setIdBits)]] },
  { call: 'fchmodat', verdict: notPermitted, clauses: [[anyBit(2, setIdBits)]] },
  { call: 'fchmodat2', verdict: notPermitted, clauses: [[anyBit(2, setIdBits)]] },
  { call: 'mkdir', verdict: notPermitted, clauses: [[anyBit(1, setIdBits)]] },
  { call: 'mkdirat', verdict: notPermitted, clauses: [[anyBit(2, setIdBits)]] },
  { call: 'creat', verdict: notPermitted, clauses: [[anyBit(1, setIdBits)]] },
  { call: 'open', verdict: notPermitted, clauses: [[anyBit(1, createFlags), anyBit(2, setIdBits)]] },
  { call: 'openat', verdict: notPermitted, clauses: [[anyBit(2, createFlags), anyBit(3, setIdBits)]] },
  {
    call: 'mknod',
    verdict: notPermitted,
    clauses: [[anyBit(1, setIdBits)], [{ argument: 1, mask: fileTypeMask, values: deviceTypes }]],
  },
  {
    call: 'mknodat',
    verdict: notPermitted,
    clauses: [[anyBit(2, setIdBits)], [{ argument: 2, mask: fileTypeMask, values: deviceTypes }]],
  },
];

/**
 * Sockets are Internet, Unix and route-netlink ones: vsock reaches the hypervisor past any network namespace, and the
 * rest is attack surface. Where the host's network is granted, Unix sockets are refused too, as abstract ones belong to
 * the network namespace and would reach the host's services; pairs stay, they reach nobody.
 */
function socketRules(network: 'none' | 'host'): readonly Rule[] {
  const families =
    network === 'host' ? [...internetFamilies, netlinkFamily] : [unixFamily, ...internetFamilies, netlinkFamily];
  const notRouteNetlink: readonly Condition[] = [
    { argument: 0, mask: wholeWord, values: [netlinkFamily] },
    { argument: 2, mask: wholeWord, values: [0], noneOf: true },
  ];
  return [
    {
      call: 'socket',
      verdict: notPermitted,
      clauses: [[{ argument: 0, mask: wholeWord, values: families, noneOf: true }], notRouteNetlink],
    },
    {
      call: 'socketpair',
      verdict: notPermitted,
      clauses: [[{ argument: 0, mask: wholeWord, values: [unixFamily], noneOf: true }]],
    },
  ];
}

const offsetOfNumber = 0;
const offsetOfArchitecture = 4;
const offsetOfArgument = (index: number): number => 16 + 8 * index;

/** Falls through when the condition holds, else skips `skip` further instructions. */
function compileCondition(condition: Condition, skip: number): readonly Instruction[] {
  const tests = condition.values.map((value, index) => {
    const left = condition.values.length - index - 1;
    if (condition.noneOf) return ifEqual(value, left + skip, 0);
    return left === 0 ? ifEqual(value, 0, skip) : ifEqual(value, left, 0);
  });
  return [load(offsetOfArgument(condition.argument)), and(condition.mask), ...tests];
}

function compileClause(clause: readonly Condition[], verdict: number): readonly Instruction[] {
  let code: readonly Instruction[] = [give(verdict)];
  for (const condition of [...clause].reverse()) code = [...compileCondition(condition, code.length), ...code];
  return code;
}

function compileRule(rule: Rule, architecture: Architecture): readonly Instruction[] {
  const number = findSystemCallNumber(rule.call, architecture);
  if (number === undefined) return [];
  const body =
    rule.clauses === undefined
      ? [give(rule.verdict)]
      : [...rule.clauses.flatMap((clause) => compileClause(clause, rule.verdict)), give(allow)];
  return [ifEqual(number, 0, body.length), ...body];
}

export interface SeccompOptions {
  readonly architecture: Architecture;
  readonly network: 'none' | 'host';
}

/** The program as the kernel takes it. A call made under another architecture's numbering ends the process. */
export function buildSeccompProgram(options: SeccompOptions): Uint8Array {
  const rules: readonly Rule[] = [
    ...refusedAlways.map((call): Rule => ({ call, verdict: notPermitted })),
    ...refusedByArgument,
    ...socketRules(options.network),
  ];
  return assemble([
    load(offsetOfArchitecture),
    ifEqual(auditArchitecture[options.architecture], 1, 0),
    give(killProcess),
    load(offsetOfNumber),
    // Also holds the x32 numbering of x86-64, which starts at 0x40000000.
    ifGreater(systemCallNumberMax, 0, 1),
    give(noSuchCall),
    ...rules.flatMap((rule) => compileRule(rule, options.architecture)),
    give(allow),
  ]);
}

/** The architecture this process runs on, where the filter knows it. */
export function findArchitecture(arch: string): Architecture | undefined {
  return arch === 'x64' || arch === 'arm64' ? arch : undefined;
}
