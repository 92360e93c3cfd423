// The flags of the command `review`; the rest are settings of the server.

import { refused } from '@chorale/lib-errors';

export interface ReviewFlags {
  /** A folder or a git URL; undefined for the folder the process stands in. */
  readonly repository: string | undefined;
  readonly ref: string;
  /** End with the review instead of serving on. */
  readonly once: boolean;
  readonly settings: readonly string[];
}

/** Throws refused `flag-invalid`. */
export function readReviewFlags(args: readonly string[]): ReviewFlags {
  const settings: string[] = [];
  const values: { '--repo'?: string; '--ref'?: string } = {};
  let once = false;
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? '';
    const [name = '', ...inline] = word.split('=');
    if (word === '--once') once = true;
    else if (name === '--repo' || name === '--ref') {
      const value = word.includes('=') ? inline.join('=') : args[++index];
      if (value === undefined || value === '')
        throw refused('flag-invalid', `${name} needs a value.`, {
          action: 'Give a folder or a git URL, as in --repo ../project.',
        });
      values[name] = value;
    } else settings.push(word);
  }
  return { repository: values['--repo'], ref: values['--ref'] ?? '', once, settings };
}
