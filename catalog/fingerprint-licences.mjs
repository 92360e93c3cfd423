// Makes the fingerprints by which the skill `licences` recognises texts, from a folder of licence texts in the form of the npm package
// `spdx-license-list` (one JSON file per licence with `licenseText`):
//
//     node catalog/fingerprint-licences.mjs <folder of licences>

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shinglesOf } from './skills/licences/scripts/licence-text.mjs';

const sketchSize = 320;
/** Families whose texts are nearly the same carry a phrase that stands at the head of only one of them. */
const licences = {
  MIT: undefined,
  'MIT-0': 'mit no attribution',
  'Apache-2.0': undefined,
  'BSD-2-Clause': undefined,
  'BSD-3-Clause': undefined,
  'BSD-4-Clause': undefined,
  ISC: undefined,
  '0BSD': 'zero-clause bsd',
  'GPL-2.0-only': 'gnu general public license version 2',
  'GPL-3.0-only': 'gnu general public license version 3',
  'LGPL-2.0-only': 'gnu library general public license',
  'LGPL-2.1-only': 'gnu lesser general public license version 2.1',
  'LGPL-3.0-only': 'gnu lesser general public license version 3',
  'AGPL-3.0-only': 'gnu affero general public license version 3',
  'MPL-1.1': undefined,
  'MPL-2.0': undefined,
  'EPL-1.0': undefined,
  'EPL-2.0': undefined,
  'CDDL-1.0': undefined,
  'EUPL-1.2': undefined,
  Unlicense: undefined,
  'CC0-1.0': undefined,
  'CC-BY-4.0': 'attribution 4.0',
  'CC-BY-SA-4.0': 'attribution-sharealike 4.0',
  'BSL-1.0': undefined,
  Zlib: undefined,
  WTFPL: undefined,
  'Artistic-2.0': undefined,
  PostgreSQL: undefined,
  'Python-2.0': undefined,
  'BlueOak-1.0.0': undefined,
  'OFL-1.1': undefined,
  curl: undefined,
  NCSA: undefined,
  X11: undefined,
};

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('give the folder of licence texts as the argument');
const entries = Object.entries(licences).map(([spdx, title]) => {
  const { licenseText } = JSON.parse(readFileSync(join(folder, `${spdx}.json`), 'utf8'));
  const hashes = [...shinglesOf(ownText(spdx, licenseText))].sort((a, b) => a - b);
  const sketch = hashes.slice(0, sketchSize).map((hash) => hash.toString(36));
  return {
    spdx: spdx.replace(/-only$/, ''),
    size: hashes.length,
    ...(title === undefined ? {} : { title }),
    sketch: sketch.join(' '),
  };
});
/** SPDX appends the whole GPL to the LGPL 3; projects keep the two in two files. */
function ownText(spdx, text) {
  const second = text.indexOf('GNU GENERAL PUBLIC LICENSE', 200);
  return spdx === 'LGPL-3.0-only' && second !== -1 ? text.slice(0, second) : text;
}

const target = new URL('./skills/licences/assets/fingerprints.json', import.meta.url);
writeFileSync(
  target,
  `${JSON.stringify({ made: 'by catalog/fingerprint-licences.mjs from SPDX texts', licences: entries }, null, 1)}\n`,
);
console.log(`${entries.length} licences`);
