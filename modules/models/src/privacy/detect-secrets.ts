// Secrets: what gives whoever reads it power over an account or a machine.

import type { Finding } from './finding.ts';
import { findAddressPasswords, findPrivateKeys, findWebTokens } from './key-blocks.ts';
import { findAnnouncedSecrets } from './secret-words.ts';
import { findVendorKeys } from './vendor-keys.ts';

export const detectSecrets = (text: string): readonly Finding[] => [
  ...findPrivateKeys(text),
  ...findWebTokens(text),
  ...findVendorKeys(text),
  ...findAddressPasswords(text),
  ...findAnnouncedSecrets(text),
];
