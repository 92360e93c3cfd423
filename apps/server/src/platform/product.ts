// Where this installation is, and which version of the product it holds.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** apps/server/{src,dist}/platform -> the root of the checkout or image. */
export const installationRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');

export const productVersion = (
  JSON.parse(readFileSync(join(installationRoot, 'package.json'), 'utf8')) as { readonly version: string }
).version;
