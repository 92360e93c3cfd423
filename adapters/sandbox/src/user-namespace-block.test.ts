import { expect, test } from 'vitest';
import { findUserNamespaceBlock } from './user-namespace-block.ts';

const machine = (settings: Readonly<Record<string, string>>) => (path: string) => settings[path];

test('[SB40] names the setting of Debian, of the kernel and of Ubuntu that blocks, and the command that mends it', () => {
  expect(findUserNamespaceBlock(machine({ '/proc/sys/kernel/unprivileged_userns_clone': '0' }))).toMatchObject({
    remedy: 'sudo sysctl -w kernel.unprivileged_userns_clone=1',
  });
  expect(findUserNamespaceBlock(machine({ '/proc/sys/user/max_user_namespaces': '0' }))).toMatchObject({
    remedy: 'sudo sysctl -w user.max_user_namespaces=15000',
  });
  const ubuntu = findUserNamespaceBlock(machine({ '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1' }));
  expect(ubuntu?.reason).toMatch(/AppArmor/);
  expect(ubuntu?.remedy).toMatch(/apparmor_parser -r \/etc\/apparmor.d\/bwrap/);
  expect(ubuntu?.remedy).toMatch(/sysctl -w kernel.apparmor_restrict_unprivileged_userns=0/);
});

test('[SB40] finds nothing on a machine that allows user namespaces', () => {
  const open = { '/proc/sys/kernel/unprivileged_userns_clone': '1', '/proc/sys/user/max_user_namespaces': '96365' };
  expect(findUserNamespaceBlock(machine(open))).toBeUndefined();
  expect(findUserNamespaceBlock(machine({}))).toBeUndefined();
});
