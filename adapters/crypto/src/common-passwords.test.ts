import { expect, test } from 'vitest';
import { isCommonPassword } from './common-passwords.ts';

test('[ID5] what many people have is known, in whatever case and with whatever is put behind it', async () => {
  for (const password of ['1qaz2wsx3edc', 'Unbelievable', 'unbelievable!2024', 'JustinBieber1', 'leavemealone'])
    expect(await isCommonPassword(password), password).toBe(true);
  for (const password of ['correct horse battery', 'tfbxd-9kzmn-44hwp-qqrst', 'плохая погода сегодня'])
    expect(await isCommonPassword(password), password).toBe(false);
});
