// Entries of /proc that tell about the whole machine and that no program needs. Their mode keeps others out, but a
// sandbox started by root belongs, for the kernel, to root. Left out are those that give nothing without a capability
// (iomem, kallsyms, kmsg, mtrr): each mask costs every start a fifth of a millisecond.

import { existsSync, statSync } from 'node:fs';
import type { ProcMasks } from './bubblewrap-arguments.ts';

const masked = [
  'acpi',
  'cmdline', // Virtual machines are handed tokens there.
  'kcore',
  'keys',
  'kpagecgroup',
  'kpagecount',
  'kpageflags',
  'latency_stats',
  'sched_debug',
  'scsi',
  'timer_list',
];

export function findProcMasks(): ProcMasks {
  const paths = masked.map((name) => `/proc/${name}`).filter((path) => existsSync(path));
  const isDirectory = (path: string): boolean => statSync(path).isDirectory();
  return { files: paths.filter((path) => !isDirectory(path)), directories: paths.filter(isDirectory) };
}
