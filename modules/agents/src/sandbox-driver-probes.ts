// Attempts to get out of a sandbox, as data: each is a small Perl program that prints ESCAPED and what it reached.
//
// Perl, because its base is part of every Debian and Ubuntu and it can make any system call. Each program says PROBED
// when it is through, so that a probe which broke down is not taken for a refusal. The ones marked `outside` do escape
// when there is no sandbox, which shows that they can tell.

/** What waits on the host to be reached. */
export interface ProbeTargets {
  /** A file outside every workspace that holds `secret`. */
  readonly secretPath: string;
  readonly secret: string;
  /** The value of a variable in the environment of the process that runs the driver. */
  readonly canary: string;
  /** A service on the host's loopback. */
  readonly tcpPort: number;
  /** Unix services of the host: one in the abstract namespace, one at a path. */
  readonly abstractName: string;
  readonly socketPath: string;
  /** A host process that sleeps; its command line holds `victimMarker`. */
  readonly victimPid: number;
  readonly victimMarker: string;
  readonly systemCall: (name: string) => number;
}

export interface Probe {
  readonly rule: string;
  readonly title: string;
  readonly program: (targets: ProbeTargets) => string;
  /** Who escapes with it when there is no sandbox. */
  readonly outside?: 'anyone' | 'root';
}

const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Defined before every program. */
const probePrelude = [
  'use strict; use Errno; use Fcntl; use Socket; $| = 1;',
  'sub escaped { print "ESCAPED @_\\n" }',
  'sub slurp { open(my $in, "<", $_[0]) or return ""; local $/; my $all = <$in>; defined $all ? $all : "" }',
  // A refusal is EPERM or ENOSYS; anything else, even a complaint about the arguments, means the kernel looked at the call.
  'sub call { my ($name, @rest) = @_; my $got = syscall($rest[0], @rest[1 .. $#rest]);',
  '  escaped("$name") if $got != -1 or ($! != 1 and $! != 38) }',
].join(' ');

const reads = (path: string, holds: string): string => `escaped("read") if index(slurp(${path}), ${holds}) >= 0;`;

const files: readonly Probe[] = [
  {
    rule: 'SB10',
    title: 'a file outside, by its path',
    outside: 'anyone',
    program: ({ secretPath, secret }) => reads(text(secretPath), text(secret)),
  },
  {
    rule: 'SB10',
    title: 'a file outside, by climbing out of the workspace',
    program: ({ secretPath, secret }) => reads(`'../' x 30 . ${text(secretPath)}`, text(secret)),
  },
  {
    rule: 'SB10',
    title: "a file outside, through another process's root and working directory",
    outside: 'anyone',
    program: ({ secretPath, secret }) =>
      `for my $p (glob('/proc/[0-9]*')) { for my $d ('root', 'cwd') { ${reads(`"$p/$d" . ${text(secretPath)}`, text(secret))} } }`,
  },
  {
    rule: 'SB10',
    title: 'a file outside, through a link made inside',
    outside: 'anyone',
    program: ({ secretPath, secret }) =>
      `symlink(${text(secretPath)}, 'way-out'); ${reads("'way-out'", text(secret))} unlink 'way-out';`,
  },
  {
    rule: 'SB10',
    title: "the host's passwords",
    outside: 'root',
    program: () => 'escaped("shadow") if slurp("/etc/shadow") =~ /^root:/m or slurp("/etc/gshadow") ne "";',
  },
  {
    rule: 'SB10',
    title: "people's directories, keys of the host and its services' sockets",
    outside: 'root',
    program: () =>
      'for my $d ("/root", "/home", "/var", "/run", "/srv", "/mnt", "/media", "/boot", "/etc/ssl/private", "/etc/ssh", "/usr/local/etc") { opendir(my $h, $d) or next; my @n = grep { !/^\\.\\.?$/ } readdir $h; escaped("$d: @n") if @n }',
  },
  {
    rule: 'SB10',
    title: "the host's temporary files",
    outside: 'anyone',
    program: ({ secret }) =>
      `for my $f (glob('/tmp/* /tmp/*/* /tmp/*/*/* /var/tmp/*')) { -f $f or next; ${reads('$f', text(secret))} }`,
  },
  {
    rule: 'SB11',
    title: 'the kernel through /sys',
    outside: 'anyone',
    program: () => 'escaped("sys") if -e "/sys/kernel" or -e "/sys/fs/cgroup";',
  },
  {
    rule: 'SB11',
    title: 'writing to the system, the root or /proc',
    outside: 'root',
    program: () =>
      'for my $f ("/usr/probe", "/usr/bin/probe", "/etc/probe", "/probe", "/dev/probe", "/lib/probe", "/opt/probe") { if (open(my $o, ">", $f)) { escaped($f); unlink $f } }',
  },
  {
    rule: 'SB11',
    title: 'settings of the kernel through /proc',
    program: () =>
      'for my $f ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger", "/proc/self/oom_score_adj", "/proc/self/uid_map", "/proc/sys/user/max_user_namespaces") { sysopen(my $o, $f, O_WRONLY) and escaped($f) }',
  },
  {
    rule: 'SB11',
    title: 'what /proc tells about the machine and its keys',
    outside: 'root',
    program: () =>
      'for my $f ("/proc/cmdline", "/proc/kcore", "/proc/kpageflags", "/proc/timer_list", "/proc/keys") { sysopen(my $i, $f, O_RDONLY) or next; escaped($f) if sysread($i, my $b, 8) }',
  },
  {
    rule: 'SB12',
    title: 'a hard link to a file of the system',
    program: () =>
      'for my $f ("/etc/passwd", "/usr/bin/perl", "/etc/ld.so.cache") { if (link($f, "hard")) { escaped($f); unlink "hard" } }',
  },
  {
    rule: 'SB12',
    title: 'a set-user-ID or set-group-ID file left on the host',
    outside: 'anyone',
    program: () =>
      'umask 0; open(my $o, ">", "program"); close $o; chmod(04755, "program"); escaped("chmod") if (stat "program")[2] & 06000; chmod(02755, "program"); escaped("setgid") if (stat "program")[2] & 06000; sysopen(my $s, "born", O_CREAT | O_WRONLY, 06755); escaped("open") if -e "born" and (stat "born")[2] & 06000; mkdir("folder", 02777); escaped("mkdir") if -e "folder" and (stat "folder")[2] & 06000; unlink "program", "born"; rmdir "folder";',
  },
  {
    rule: 'SB12',
    title: 'a device node',
    outside: 'root',
    program: ({ systemCall }) =>
      `my $dir = '.'; for my $type (0020666, 0060666) { my $name = "node"; if (syscall(${systemCall('mknodat')}, -100, $name, $type, 0x0103) == 0) { escaped("mknod"); unlink "node" } }`,
  },
  {
    rule: 'SB12',
    title: 'a disk of the host',
    program: () =>
      'for my $f (glob("/dev/*")) { escaped($f) if -b $f or $f =~ m{/dev/(mem|kmem|kmsg|fuse|kvm|vsock|vhost.*|loop.*|net)$} }',
  },
  {
    rule: 'SB12',
    title: 'capabilities attached to a file',
    outside: 'root',
    program: () =>
      'open(my $o, ">", "capable"); close $o; my ($file, $name, $value) = ("capable", "security.capability", pack("L5", 0x02000001, 1 << 21, 0, 0, 0)); my $number = (POSIX::uname())[4] eq "aarch64" ? 5 : 188; escaped("setxattr") if syscall($number, $file, $name, $value, 20, 0) == 0; unlink "capable";',
  },
];

const processes: readonly Probe[] = [
  {
    rule: 'SB13',
    title: 'the environment of whoever started the sandbox',
    outside: 'anyone',
    program: ({ canary }) =>
      `for my $p (glob('/proc/[0-9]*')) { ${reads('"$p/environ"', text(canary))} } escaped("env") if grep { index($_, ${text(canary)}) >= 0 } values %ENV;`,
  },
  {
    rule: 'SB13',
    title: 'the arguments of other processes',
    outside: 'anyone',
    // Turned round, as the program itself is an argument.
    program: ({ victimMarker }) =>
      `my $marker = reverse ${text(victimMarker.split('').reverse().join(''))}; for my $p (glob('/proc/[0-9]*')) { ${reads('"$p/cmdline"', '$marker')} }`,
  },
  {
    rule: 'SB14',
    title: 'a host process, with a signal',
    outside: 'anyone',
    program: ({ victimPid }) => `escaped("signal") if kill(0, ${victimPid});`,
  },
  {
    rule: 'SB14',
    title: 'a host process, with a debugger or through its memory',
    outside: 'anyone',
    program: ({ victimPid, systemCall }) =>
      `call('ptrace', ${systemCall('ptrace')}, 0x4206, ${victimPid}, 0, 0); call('process_vm_readv', ${systemCall('process_vm_readv')}, ${victimPid}, 0, 0, 0, 0, 0);`,
  },
  {
    rule: 'SB14',
    title: 'a host process, by its descriptor',
    outside: 'anyone',
    program: ({ victimPid, systemCall }) =>
      `escaped("pidfd") if syscall(434, ${victimPid}, 0) >= 0; call('pidfd_getfd', ${systemCall('pidfd_getfd')}, 0, 0, 0);`,
  },
  {
    rule: 'SB15',
    title: 'what was open in the process that runs the driver',
    program: () =>
      'opendir(my $h, "/proc/self/fd"); for my $n (readdir $h) { next if $n !~ /^\\d+$/ or $n < 3 or $n == fileno($h // *STDIN); my $to = readlink "/proc/self/fd/$n"; escaped("$n: $to") if defined $to and $to ne "/dev/null" and $to !~ m{^/proc/\\d+/fd$} }',
  },
];

const tcp = (host: string, port: string): string =>
  `{ socket(my $s, PF_INET, SOCK_STREAM, 0) or last; local $SIG{ALRM} = sub { die "late\\n" }; alarm 2; escaped("tcp ${host}") if eval { connect($s, sockaddr_in(${port}, inet_aton('${host}'))) }; alarm 0; }`;

const network: readonly Probe[] = [
  {
    rule: 'SB16',
    title: "a service on the host's loopback",
    outside: 'anyone',
    program: ({ tcpPort }) => tcp('127.0.0.1', String(tcpPort)),
  },
  {
    rule: 'SB16',
    title: 'any address at all: there is no interface but the loopback and no route',
    outside: 'anyone',
    program: () =>
      'my @if = grep { !/^\\s*(lo:|Inter-|face)/ } split /\\n/, slurp("/proc/net/dev"); escaped("interfaces") if @if; my @routes = split /\\n/, slurp("/proc/net/route"); escaped("routes") if @routes > 1;',
  },
  {
    rule: 'SB16',
    title: 'an address outside, and the metadata service of a cloud',
    program: () => `${tcp('192.0.2.1', '80')} ${tcp('169.254.169.254', '80')}`,
  },
  {
    rule: 'SB16',
    title: 'an address outside, with a datagram',
    outside: 'anyone',
    program: () =>
      "socket(my $s, PF_INET, SOCK_DGRAM, 0); escaped('udp') if send($s, 'x', 0, sockaddr_in(9, inet_aton('192.0.2.1')));",
  },
  {
    rule: 'SB16',
    title: 'a service of the host in the abstract namespace of Unix sockets',
    outside: 'anyone',
    program: ({ abstractName }) =>
      `if (socket(my $s, PF_UNIX, SOCK_STREAM, 0)) { escaped("abstract") if connect($s, pack_sockaddr_un("\\0" . ${text(abstractName)})) }`,
  },
  {
    rule: 'SB16',
    title: 'a service of the host at a path',
    outside: 'anyone',
    program: ({ socketPath }) =>
      `if (socket(my $s, PF_UNIX, SOCK_STREAM, 0)) { escaped("unix") if connect($s, pack_sockaddr_un(${text(socketPath)})) }`,
  },
  {
    rule: 'SB16',
    title: 'the hypervisor, and the wire below IP',
    program: () =>
      'for my $f (40, 17, 38, 29, 31, 16 + 1000) { escaped("family $f") if socket(my $s, $f, SOCK_STREAM, 0) or socket(my $d, $f, SOCK_RAW, 0) } escaped("raw ip") if socket(my $r, PF_INET, SOCK_RAW, 1);',
  },
  {
    rule: 'SB16',
    title: 'kernel services over netlink other than the routing table',
    outside: 'anyone',
    program: () => 'for my $p (9, 15, 4, 16) { escaped("netlink $p") if socket(my $s, 16, SOCK_RAW, $p) }',
  },
];

/** A call with arguments that change nothing even where it is allowed. */
const refusedCall = (name: string, args = '0, 0, 0, 0, 0', outside?: Probe['outside']): Probe => ({
  rule: 'SB17',
  title: `the system call ${name}`,
  ...(outside === undefined ? {} : { outside }),
  program: ({ systemCall }) => `call('${name}', ${systemCall(name)}, ${args});`,
});

const kernel: readonly Probe[] = [
  refusedCall('mount', '0, 0, 0, 0, 0', 'root'),
  refusedCall('umount2', '0, 0', 'root'),
  refusedCall('pivot_root', '0, 0', 'root'),
  refusedCall('chroot', '0', 'root'),
  refusedCall('fsopen', '0, 0xff', 'root'),
  refusedCall('open_tree', '-1, 0, 0xffff', 'anyone'),
  refusedCall('move_mount', '-1, 0, -1, 0, 0xffff', 'root'),
  refusedCall('mount_setattr', '-1, 0, 0xffff, 0, 0', 'anyone'),
  refusedCall('open_by_handle_at', '-1, 0, 0', 'root'),
  refusedCall('setns', '-1, 0', 'anyone'),
  refusedCall('bpf', '0xff, 0, 0', 'root'),
  refusedCall('perf_event_open', '0, 0, 0, -1, 0', 'anyone'),
  refusedCall('io_uring_setup', '0, 0', 'anyone'),
  refusedCall('userfaultfd', '0xff', 'anyone'),
  refusedCall('keyctl', '0xff, 0, 0, 0, 0', 'anyone'),
  refusedCall('add_key', '0, 0, 0, 0, 0', 'anyone'),
  refusedCall('kexec_load', '0, 0, 0, 0xff'),
  refusedCall('init_module', '0, 0, 0'),
  refusedCall('reboot', '0, 0, 0, 0', 'root'),
  refusedCall('syslog', '10, 0, 0', 'anyone'),
  refusedCall('clock_settime', '0, 0', 'anyone'),
  refusedCall('sethostname', '0, -1', 'root'),
  refusedCall('swapon', '0, 0', 'root'),
  refusedCall('acct', '-1'),
  refusedCall('quotactl', '-1, 0, 0, 0', 'anyone'),
  refusedCall('fanotify_init', '-1, 0', 'root'),
  refusedCall('personality', '0x0040000', 'anyone'),
  refusedCall('kcmp', '1, 1, 99, 0, 0'),
  {
    rule: 'SB17',
    title: 'a new user namespace, by unshare or by clone',
    outside: 'root',
    program: ({ systemCall }) =>
      `my $pid = fork; if (!$pid) { call('unshare', ${systemCall('unshare')}, 0x10000000); exit } waitpid($pid, 0); my $child = syscall(${systemCall('clone')}, 0x10000000 | 17, 0, 0, 0, 0); if (defined $child and $child == 0) { exit } escaped("clone") if $child > 0;`,
  },
  {
    rule: 'SB17',
    title: 'calls whose flags hide behind a pointer',
    outside: 'anyone',
    program: ({ systemCall }) =>
      `call('clone3', ${systemCall('clone3')}, 0, 0); call('openat2', ${systemCall('openat2')}, -100, 0, 0, 0);`,
  },
  {
    rule: 'SB17',
    title: 'calls newer than the filter, or numbered for another architecture',
    program: () =>
      'for my $number (463 .. 480, 548, 1000, 0x40000000 + 39, 0x40000000 + 520) { my $got = syscall($number, 0, 0, 0); escaped("call $number") if $got != -1 or $! != 38 }',
  },
  {
    rule: 'SB17',
    title: "another terminal's input",
    program: () =>
      'my $byte = "x"; for my $request (0x5412, 0x541c, 0x5423) { escaped("ioctl $request") if defined ioctl(STDIN, $request, $byte) or $! != 1 }',
  },
  {
    rule: 'SB18',
    title: 'being root: a user without capabilities cannot become it',
    outside: 'root',
    program: () =>
      'escaped("uid") if $< == 0 or $> == 0; escaped("setuid") if $> != 0 and POSIX::setuid(0); my $s = slurp("/proc/self/status"); for my $c ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb") { escaped($c) unless $s =~ /^$c:\\s*0+$/m } escaped("seccomp") unless $s =~ /^Seccomp:\\s*2$/m; escaped("nnp") if $s =~ /^NoNewPrivs:\\s*0$/m;',
  },
  {
    rule: 'SB18',
    title: 'a program with the set-user-ID bit',
    program: () =>
      'for my $line (split /\\n/, slurp("/proc/self/mounts")) { my ($from, $at, $type, $options) = split / /, $line; next if $type eq "devtmpfs"; escaped("suid $at") if $options !~ /nosuid/ }',
  },
];

export const probes: readonly Probe[] = [...files, ...processes, ...network, ...kernel];

/** The whole program of a probe. */
export function probeProgram(probe: Probe, targets: ProbeTargets): string {
  return `use POSIX (); ${probePrelude} ${probe.program(targets)} print "PROBED\\n";`;
}
