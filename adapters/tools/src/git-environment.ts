// How git is told, from outside, to do nothing a repository asks for.

/** Settings given through the environment count as given on the command line, which is where `safe.directory` is read. */
const settings: readonly (readonly [key: string, value: string])[] = [
  // Inside a sandbox there is one user, and a repository of another shows as nobody's.
  ['safe.directory', '*'],
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.pager', 'cat'],
  ['core.sshCommand', 'false'],
  ['credential.helper', ''],
  ['protocol.allow', 'never'],
  ['protocol.file.allow', 'always'],
  ['protocol.https.allow', 'always'],
  ['protocol.http.allow', 'always'],
  ['protocol.ext.allow', 'never'],
  ['submodule.recurse', 'false'],
  ['http.followRedirects', 'false'],
  ['gc.auto', '0'],
  ['advice.detachedHead', 'false'],
];

export function gitEnvironment(
  more: readonly (readonly [key: string, value: string])[] = [],
): Readonly<Record<string, string>> {
  const all = [...settings, ...more];
  return {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_PAGER: 'cat',
    GIT_CONFIG_COUNT: String(all.length),
    ...Object.fromEntries(
      all.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}
