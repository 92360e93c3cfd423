// A skill must work as a folder on its own, so code that several skills need lives once in `catalog/shared/` and is
// copied into each skill that imports it. Run `node catalog/copy-shared.mjs` after a change there; a test compares.
// With `--check` nothing is written and the exit code is 1 when a copy is missing, stale or no longer imported.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const catalog = dirname(fileURLToPath(import.meta.url));
const shared = join(catalog, 'shared');
const banner = (name) => `// @generated from catalog/shared/${name} by catalog/copy-shared.mjs; change it there.\n\n`;

/** Returns one line per copy that is not as it should be; mends them unless `check`. */
export function copyShared({ check }) {
  const differences = [];
  for (const skill of readdirSync(join(catalog, 'skills'))) {
    const scripts = join(catalog, 'skills', skill, 'scripts');
    if (!existsSync(scripts)) continue;
    const lib = join(scripts, 'lib');
    const wanted = neededBy(scripts);
    for (const name of wanted) {
      const expected = banner(name) + readFileSync(join(shared, name), 'utf8');
      const path = join(lib, name);
      if (existsSync(path) && readFileSync(path, 'utf8') === expected) continue;
      differences.push(`${skill}/scripts/lib/${name} differs from catalog/shared/${name}`);
      if (check) continue;
      mkdirSync(lib, { recursive: true });
      writeFileSync(path, expected);
    }
    for (const name of existsSync(lib) ? readdirSync(lib) : []) {
      if (wanted.has(name)) continue;
      differences.push(`${skill}/scripts/lib/${name} is imported by nothing`);
      if (!check) rmSync(join(lib, name));
    }
  }
  return differences;
}

/** The shared files that a skill's own scripts import, and what those import in turn. */
function neededBy(scripts) {
  const needed = new Set();
  const own = readdirSync(scripts, { recursive: true }).filter(
    (name) => name.endsWith('.mjs') && !name.startsWith('lib'),
  );
  const pending = own.flatMap((name) =>
    importsOf(readFileSync(join(scripts, name), 'utf8'), /from '(?:\.\.?\/)+lib\/([\w-]+\.mjs)'/g),
  );
  while (pending.length > 0) {
    const name = pending.pop();
    if (needed.has(name)) continue;
    needed.add(name);
    pending.push(...importsOf(readFileSync(join(shared, name), 'utf8'), /from '\.\/([\w-]+\.mjs)'/g));
  }
  return needed;
}

function importsOf(text, pattern) {
  return [...text.matchAll(pattern)].map((match) => match[1]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes('--check');
  const differences = copyShared({ check });
  for (const line of differences) console.log(check ? line : `mended: ${line}`);
  if (check && differences.length > 0) process.exitCode = 1;
}
