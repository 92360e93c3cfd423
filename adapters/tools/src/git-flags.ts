// The options of git's reading commands that an agent may use. Everything else that begins with a dash is refused: some
// options run programs (--ext-diff, --upload-pack), write files (--output) or change what git believes (-c, --git-dir).

import { refused } from '@chorale/lib-errors';

const many = (...patterns: readonly string[]): RegExp => new RegExp(`^(?:${patterns.join('|')})$`, 's');

const diffing = [
  '-p',
  '--patch',
  '--no-patch',
  '-s',
  '--stat(=[\\d,]+)?',
  '--numstat',
  '--shortstat',
  '--summary',
  '--name-only',
  '--name-status',
  '--raw',
  '-U\\d+',
  '--unified=\\d+',
  '-w',
  '-b',
  '--ignore-all-space',
  '--ignore-blank-lines',
  '--word-diff(=\\w+)?',
  '-[MC]\\d*%?',
  '--find-(renames|copies)(=\\d+%?)?',
  '--diff-filter=[A-Za-z]+',
  '-z',
  '--minimal',
  '--histogram',
  '-[SG].+',
  '--pickaxe-regex',
];

const choosing = [
  '-\\d+',
  '-n\\d*',
  '--max-count=\\d+',
  '--skip=\\d+',
  '--(since|until|after|before|author|committer|grep)=.*',
  '--all',
  '--branches',
  '--tags',
  '--remotes',
  '--merges',
  '--no-merges',
  '--first-parent',
  '--reverse',
  '--follow',
  '--topo-order',
  '--date-order',
  '--ancestry-path',
  '-i',
  '--regexp-ignore-case',
];

const showing = [
  '--oneline',
  '--(format|pretty)=.*',
  '--date=[\\w:% /.-]+',
  '--decorate(=\\w+)?',
  '--graph',
  '--abbrev-commit',
];

const allowed = {
  log: many(...choosing, ...showing, ...diffing, '-L.+'),
  show: many(...showing, ...diffing),
  diff: many(...diffing, '--cached', '--staged', '--merge-base', '--quiet', '--exit-code'),
  status: many(
    '-s',
    '--short',
    '-b',
    '--branch',
    '--porcelain(=v[12])?',
    '--ignored',
    '-u(no|normal|all)',
    '--untracked-files=(no|normal|all)',
    '-z',
  ),
  blame: many(
    '-L.+',
    '-w',
    '-[MC]\\d*',
    '-e',
    '-s',
    '-p',
    '--porcelain',
    '--line-porcelain',
    '--date=[\\w:% /.-]+',
    '--root',
  ),
  branch: many(
    '--list',
    '-a',
    '-r',
    '-v',
    '-vv',
    '--all',
    '--remotes',
    '--show-current',
    '--(contains|merged|no-merged|sort|format)=.*',
  ),
  tag: many('--list', '-l', '-n\\d*', '--(contains|merged|no-merged|sort|format|points-at)=.*'),
  'rev-parse': many(
    '--verify',
    '--short(=\\d+)?',
    '--abbrev-ref',
    '--show-toplevel',
    '--is-bare-repository',
    '--is-shallow-repository',
    '-q',
    '--quiet',
  ),
  'rev-list': many(...choosing, '--count', '--objects', '--parents', '--left-right'),
  'ls-files': many(
    '-c',
    '--cached',
    '-m',
    '--modified',
    '-o',
    '--others',
    '-d',
    '--deleted',
    '-s',
    '--stage',
    '--exclude-standard',
    '-z',
    '--eol',
  ),
  'ls-tree': many('-r', '-t', '-l', '--long', '--name-only', '-z', '--full-tree'),
  shortlog: many(
    ...choosing,
    '-s',
    '-n',
    '-e',
    '-sn',
    '-sne',
    '--summary',
    '--numbered',
    '--email',
    '--group=[\\w:-]+',
  ),
  describe: many('--tags', '--all', '--always', '--long', '--dirty', '--abbrev=\\d+', '--contains'),
  grep: many(
    '-n',
    '-i',
    '-w',
    '-l',
    '-c',
    '-F',
    '-E',
    '-h',
    '-I',
    '-e.+',
    '-[ABC]\\d+',
    '--count',
    '--line-number',
    '--ignore-case',
    '--fixed-strings',
    '--extended-regexp',
    '--name-only',
    '--max-depth=\\d+',
  ),
} as const satisfies Record<string, RegExp>;

export type ReadingCommand = keyof typeof allowed;

export const readingCommands = Object.keys(allowed) as readonly ReadingCommand[];

/** What some commands are always told: run no program that the repository names. */
const always: Partial<Record<ReadingCommand, readonly string[]>> = {
  log: ['--no-ext-diff', '--no-textconv'],
  show: ['--no-ext-diff', '--no-textconv'],
  diff: ['--no-ext-diff', '--no-textconv'],
  grep: ['--no-textconv', '-I'],
};

/** The command line after `git`. Throws refused `git-option-not-allowed`. */
export function gitReadingArguments(command: ReadingCommand, args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  const options = (end === -1 ? args : args.slice(0, end)).filter((argument) => argument.startsWith('-'));
  const bad = options.find((option) => !allowed[command].test(option));
  if (bad !== undefined) {
    throw refused('git-option-not-allowed', `git ${command} may not be given ${JSON.stringify(bad)}.`, {
      action: 'Use only options that read; give their values with = and paths after --.',
    });
  }
  return ['--no-pager', '--no-optional-locks', command, ...(always[command] ?? []), ...args];
}
