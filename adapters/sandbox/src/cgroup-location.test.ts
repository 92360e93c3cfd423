import { expect, test } from 'vitest';
import { parseCgroupLocations } from './cgroup-location.ts';

const line = (fields: { root?: string; at: string; type: string; options?: string }): string =>
  `30 20 0:26 ${fields.root ?? '/'} ${fields.at} rw,nosuid shared:9 - ${fields.type} cgroup rw,${fields.options ?? ''}`;

test('[SB26] on v2 there is one place', () => {
  expect(parseCgroupLocations(line({ at: '/sys/fs/cgroup', type: 'cgroup2' }), '0::/user.slice/app.scope\n')).toEqual([
    { version: 2, controllers: [], mountPoint: '/sys/fs/cgroup', directory: '/sys/fs/cgroup/user.slice/app.scope' },
  ]);
});

test('[SB26] on v1 each controller has its own, some of them shared', () => {
  const mounts = [
    line({ at: '/sys/fs/cgroup/cpu,cpuacct', type: 'cgroup', options: 'cpu,cpuacct' }),
    line({ at: '/sys/fs/cgroup/memory', type: 'cgroup', options: 'memory' }),
  ].join('\n');
  expect(parseCgroupLocations(mounts, '4:memory:/a\n3:cpu,cpuacct:/b\n2:pids:/c\n')).toEqual([
    { version: 1, controllers: ['memory'], mountPoint: '/sys/fs/cgroup/memory', directory: '/sys/fs/cgroup/memory/a' },
    {
      version: 1,
      controllers: ['cpu', 'cpuacct'],
      mountPoint: '/sys/fs/cgroup/cpu,cpuacct',
      directory: '/sys/fs/cgroup/cpu,cpuacct/b',
    },
  ]);
});

test('[SB26] a hybrid machine has both', () => {
  const mounts = [
    line({ at: '/sys/fs/cgroup/pids', type: 'cgroup', options: 'pids' }),
    line({ at: '/sys/fs/cgroup/unified', type: 'cgroup2' }),
  ].join('\n');
  expect(parseCgroupLocations(mounts, '1:pids:/\n0::/\n').map((place) => [place.version, place.directory])).toEqual([
    [1, '/sys/fs/cgroup/pids'],
    [2, '/sys/fs/cgroup/unified'],
  ]);
});

test('[SB26] a container that sees a part of the tree finds itself in that part', () => {
  const mounts = line({ root: '/docker/ab', at: '/sys/fs/cgroup/pids', type: 'cgroup', options: 'pids' });
  expect(parseCgroupLocations(mounts, '1:pids:/docker/ab/inner\n')[0]?.directory).toBe('/sys/fs/cgroup/pids/inner');
  expect(parseCgroupLocations(mounts, '1:pids:/elsewhere\n')[0]?.directory).toBe('/sys/fs/cgroup/pids');
});

test('[SB26] names with spaces are read as the kernel writes them', () => {
  const mounts = line({ at: '/my\\040cgroups', type: 'cgroup2' });
  expect(parseCgroupLocations(mounts, '0::/\n')[0]?.mountPoint).toBe('/my cgroups');
});
