// Reads the secret that a reference names: `env:NAME` a variable, `file:PATH` a file.

import { readFileSync } from 'node:fs';
import { refused } from '@chorale/lib-errors';

/** `what` begins the sentence that refuses. Throws refused `secret-missing`. */
export function readSecret(
  reference: string,
  what: string,
  env: { readonly [name: string]: string | undefined },
): string {
  const action = 'Set it, or configure another reference.';
  if (reference.startsWith('env:')) {
    const value = env[reference.slice('env:'.length)];
    if (value !== undefined && value !== '') return value;
    throw refused('secret-missing', `${what} is configured as ${reference}, and that variable is not set.`, { action });
  }
  try {
    return readFileSync(reference.slice('file:'.length), 'utf8').trim();
  } catch (cause) {
    throw refused('secret-missing', `${what} is configured as ${reference}, and that file cannot be read.`, {
      cause,
      action: 'Write it, or configure another reference.',
    });
  }
}
