// Passwords that many people have: what guessing begins with. 49,233 of them, by the lists that zxcvbn uses.
let known: Promise<ReadonlySet<string>> | undefined;

/** As it is, and without the digits and marks that are put behind a word to please a rule. */
export async function isCommonPassword(password: string): Promise<boolean> {
  known ??= load();
  const common = await known;
  const plain = password.toLowerCase();
  return common.has(plain) || common.has(plain.replace(/[^\p{L}]+$/u, ''));
}

/** Half a megabyte, that only choosing a password needs. */
async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
}
