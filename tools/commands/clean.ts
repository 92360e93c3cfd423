// npm run clean [-- --modules]: removes what was built, measured or cached. Data (.chorale) is never touched;
// node_modules goes with --modules, and the next command installs it again.

import { glob, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../process/root.ts';

const { values } = parseArgs({ options: { modules: { type: 'boolean' } } });
const made = ['{libs,modules,adapters,apps}/*/{dist,.tsbuild}', '.tsbuild', '.bench', 'coverage'];
const patterns =
  values.modules === true ? [...made, 'node_modules', '{libs,modules,adapters,apps}/*/node_modules'] : made;

for await (const path of glob(patterns, { cwd: root })) {
  await rm(join(root, path), { recursive: true, force: true });
  console.log(`removed ${path}`);
}
