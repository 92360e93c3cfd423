import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SkillBench, type SkillResult } from './skill-bench.ts';

let bench: SkillBench;
beforeEach(async () => {
  bench = await SkillBench.open();
});
afterEach(() => bench.close());

async function audit(files: Readonly<Record<string, string>>): Promise<SkillResult> {
  await bench.write(files);
  return bench.run('licences');
}

const apache = readFileSync(new URL('../../LICENSE', import.meta.url), 'utf8');
const mit = `MIT License

Copyright (c) 2019-present The Somebody Authors <somebody@example.org>

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;
const isc = `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
`;
const bsd = (third: string) => `Copyright 2020, Somebody
All rights reserved.

Redistribution and use in source and binary forms, with or without modification, are permitted provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following disclaimer in the documentation and/or other materials provided with the distribution.
${third}
THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
`;
const thirdClause =
  '\n3. Neither the name of the copyright holder nor the names of its contributors may be used to endorse or promote products derived from this software without specific prior written permission.\n';
const code = { 'src/a.ts': 'export const a = 1;\n'.repeat(10) };

describe('texts are recognised', () => {
  test.each([
    ['Apache-2.0', apache],
    ['MIT', mit],
    ['MIT', mit.replaceAll(/(.{1,60})(?: |$)/gm, ' * $1\n').toUpperCase()],
    ['ISC', isc],
    ['BSD-2-Clause', bsd('')],
    ['BSD-3-Clause', bsd(thirdClause)],
    ['MIT and Apache-2.0', `${apache}\n\n---\n\n${mit}`],
  ])('as %s', async (spdx, text) => {
    const { metrics, findings } = await audit({ ...code, LICENSE: text });
    const found = (metrics['files'] as readonly { spdx: string }[])[0]?.spdx;
    expect(found?.split(' and ').toSorted()).toEqual(spdx.split(' and ').toSorted());
    expect(findings).toEqual([]);
  });

  test('a changed text is not taken for the one it was', async () => {
    const changed = mit.replace(
      /Permission is hereby[\s\S]*?conditions:/,
      'You may use this on Sundays, if you are kind, and pay the author what he asks for it, and tell nobody about the way in which it works inside.',
    );
    const { findings, metrics } = await audit({ ...code, LICENSE: changed });
    expect(metrics['files']).toMatchObject([{ spdx: 'not recognised' }]);
    expect(findings).toMatchObject([{ rule: 'unknown-text', file: 'LICENSE' }]);
  });
});

describe('what does not fit together', () => {
  test('no licence is a finding, for a private project it is only told', async () => {
    expect((await audit(code)).findings).toMatchObject([{ rule: 'no-licence', severity: 'medium' }]);
    expect((await audit({ 'package.json': '{"private":true,"license":"UNLICENSED"}' })).findings).toMatchObject([
      { rule: 'no-licence', severity: 'info' },
    ]);
  });

  test('a manifest that names another licence than the text', async () => {
    const { findings } = await audit({
      ...code,
      LICENSE: mit,
      'package.json': '{\n  "name": "a",\n  "license": "GPL-3.0"\n}\n',
    });
    expect(findings).toMatchObject([{ rule: 'declared-differs', severity: 'medium', file: 'package.json', line: 3 }]);
    const fits = ['MIT', '(MIT OR Apache-2.0)', 'MIT License'].map((licence) => JSON.stringify({ license: licence }));
    for (const manifest of fits) expect((await audit({ 'package.json': manifest })).findings).toEqual([]);
  });

  test('copyleft inside a permissive project, told by headers in comments and not by words in code', async () => {
    const filler = 'export const a = 1;\n'.repeat(10);
    const { findings } = await audit({
      LICENSE: mit,
      'src/gpl.ts': `// SPDX-License-Identifier: GPL-3.0-or-later\n${filler}`,
      'src/either.ts': `/* SPDX-License-Identifier: GPL-2.0-only OR MIT */\n${filler}`,
      'src/words.ts': `const text = 'GNU General Public License version 3';\n${filler}`,
      'src/mpl.ts': `/*\n * This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0.\n */\n${filler}`,
    });
    expect(findings.map(({ rule, severity, file }) => [rule, severity, file])).toEqual([
      ['copyleft-inside', 'medium', 'src/gpl.ts'],
      ['copyleft-inside', 'low', 'src/mpl.ts'],
    ]);
  });

  test('dependencies under copyleft, less so when they are for development', async () => {
    const lock = {
      lockfileVersion: 3,
      packages: {
        'node_modules/a': { version: '1.0.0', license: 'AGPL-3.0-only' },
        'node_modules/b': { version: '1.0.0', license: '(MIT OR GPL-3.0)' },
        'node_modules/c': { version: '1.0.0', license: 'GPL-3.0', dev: true },
        'node_modules/d': { version: '1.0.0', license: 'SEE LICENSE IN LICENSE' },
      },
    };
    const { findings, metrics } = await audit({ ...code, LICENSE: mit, 'package-lock.json': JSON.stringify(lock) });
    expect(findings.map(({ rule, severity, title }) => [rule, severity, title])).toEqual([
      ['copyleft-dependency', 'high', 'a is under AGPL-3.0-only'],
      ['unclear-dependency', 'low', 'd: SEE LICENSE IN LICENSE'],
      ['copyleft-dependency', 'info', 'c is under GPL-3.0-only'],
    ]);
    expect(metrics['dependencies']).toHaveLength(4);
  });
});
