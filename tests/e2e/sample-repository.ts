// A small repository with something for every specialist to find.

import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Put together here, so that no file of this project holds anything that looks like a key. */
const plantedKey = ['AKIA', 'Q7RT', 'XVPA', 'LM3D', 'WZ2K'].join('');

const deep = `export function decide(a, b, c) {
  if (a) {
    for (const item of b) {
      if (item > 1) {
        while (c > 0) {
          if (item % 2 === 0 && c % 3 === 0) { c -= 1; } else if (c > 10 || item < 3) { c -= 2; } else { c -= 3; }
          switch (c) { case 1: return 1; case 2: return 2; case 3: return 3; case 4: return 4; default: break; }
        }
      } else if (item === 1) { return a ? (b.length > 3 ? 1 : 2) : 3; }
    }
  }
  return 0;
}
`;

const copied = Array.from(
  { length: 40 },
  (_, line) => `  total += input[${line}] * weight(${line}, 'row ${line}') - offset;`,
).join('\n');

const files: { readonly [path: string]: string } = {
  'README.md': '# Sample\n\nSee [the guide](docs/guide.md) and [the site](https://example.org).\n',
  'package.json': JSON.stringify(
    { name: 'sample', version: '1.0.0', license: 'MIT', dependencies: { 'left-pad': '*', lodash: '4.17.4' } },
    null,
    2,
  ),
  'src/decide.js': deep,
  'src/first.js': `export function first(input, weight, offset) {\n  let total = 0;\n${copied}\n  return total;\n}\n`,
  'src/second.js': `export function second(input, weight, offset) {\n  let total = 0;\n${copied}\n  return total;\n}\n`,
  'src/settings.js': `export const accessKey = '${plantedKey}';\n`,
  'lib/tool.py': 'import os\n\n\ndef run(path):\n    return os.listdir(path)\n',
  'test/decide.test.js':
    "import test from 'node:test';\nimport { decide } from '../src/decide.js';\ntest.only('decides', () => decide(1, [1], 1));\n",
};

export async function makeSampleRepository(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  git(folder, 'init', '-q', '-b', 'main');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
    git(folder, 'add', path);
    git(folder, 'commit', '-q', '-m', `Add ${path}`);
  }
}

/** Writes files over those that are there, as a commit. */
export async function changeRepository(folder: string, changed: { readonly [path: string]: string }): Promise<void> {
  for (const [path, text] of Object.entries(changed)) await writeFile(join(folder, path), text);
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'Change it');
}

function git(cwd: string, ...args: readonly string[]): void {
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
