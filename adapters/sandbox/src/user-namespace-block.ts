// Finds out what keeps a user from making user namespaces, and the command that mends it.

import { readFileSync } from 'node:fs';

export interface UserNamespaceBlock {
  readonly reason: string;
  readonly remedy: string;
}

export type ReadSetting = (path: string) => string | undefined;

const readSettingOfMachine: ReadSetting = (path) => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
};

/** The profile Ubuntu documents for programs that may make user namespaces. */
const apparmorRemedy =
  "printf 'abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }\\n' " +
  '| sudo tee /etc/apparmor.d/bwrap && sudo apparmor_parser -r /etc/apparmor.d/bwrap';

const rules: readonly {
  readonly path: string;
  readonly blocks: (value: string) => boolean;
  readonly found: UserNamespaceBlock;
}[] = [
  {
    path: '/proc/sys/kernel/unprivileged_userns_clone',
    blocks: (value) => value === '0',
    found: {
      reason: 'kernel.unprivileged_userns_clone is 0: only root may make user namespaces',
      remedy: 'sudo sysctl -w kernel.unprivileged_userns_clone=1',
    },
  },
  {
    path: '/proc/sys/user/max_user_namespaces',
    blocks: (value) => value === '0',
    found: {
      reason: 'user.max_user_namespaces is 0: nobody may make user namespaces',
      remedy: 'sudo sysctl -w user.max_user_namespaces=15000',
    },
  },
  {
    path: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    blocks: (value) => value === '1',
    found: {
      reason: 'AppArmor keeps programs without a profile from using user namespaces (Ubuntu 23.10 and later)',
      remedy: `${apparmorRemedy}   (or, for all programs: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0)`,
    },
  },
];

/** The first setting found that explains a refusal; root is not bound by all of them, so ask only after a refusal. */
export function findUserNamespaceBlock(
  readSetting: ReadSetting = readSettingOfMachine,
): UserNamespaceBlock | undefined {
  return rules.find((rule) => rule.blocks(readSetting(rule.path) ?? ''))?.found;
}
