// Scripts of skills, in a real sandbox.

import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeRepository, useToolBench } from './tool-bench.ts';

const bench = useToolBench();
const inside = (path: string): string => bench().inside(path);

describe('run-skill-script', () => {
  const script = (name: string, text: string): void =>
    writeFileSync(join(bench().host, 'skill', 'scripts', name), text);
  const run = (args: Record<string, unknown> = {}) => bench().call('run-skill-script', { skill: 'sample', ...args });
  const prelude =
    "import { readFileSync, writeFileSync, mkdirSync, symlinkSync, existsSync } from 'node:fs'; const input = JSON.parse(readFileSync(process.env.CHORALE_INPUT, 'utf8')); const out = process.env.CHORALE_OUTPUT; const done = (value) => writeFileSync(out + '/result.json', JSON.stringify(value));";

  test('gives the script its input and takes its result and files', async () => {
    script(
      'run.mjs',
      `${prelude} mkdirSync(out + '/sub'); writeFileSync(out + '/report.html', '<p>'); writeFileSync(out + '/sub/data.json', '{}'); console.log('half way'); done({ ...input, cwd: process.cwd() });`,
    );
    const lines: string[] = [];
    const result = await bench().call(
      'run-skill-script',
      {
        skill: 'sample',
        input: { a: [1] },
      },
      { onProgress: (line) => lines.push(line) },
    );
    expect(result.output).toEqual({ a: [1], cwd: '/workspace' });
    expect(result.artifacts.map(({ name, mediaType }) => [name, mediaType])).toEqual([
      ['report.html', 'text/html'],
      ['sub/data.json', 'application/json'],
    ]);
    expect(lines).toEqual(['half way']);
  });

  test.each([
    [
      'typed.ts',
      'import { writeFileSync } from "node:fs"; const n: number = 1; writeFileSync(process.env.CHORALE_OUTPUT + "/result.json", JSON.stringify({ n }));',
      { n: 1 },
    ],
    ['plain.sh', 'echo "{\\"from\\": \\"$(basename "$0")\\"}" > "$CHORALE_OUTPUT/result.json"', { from: 'plain.sh' }],
    [
      'snake.py',
      'import json, os\njson.dump({"py": True}, open(os.environ["CHORALE_OUTPUT"] + "/result.json", "w"))',
      { py: true },
    ],
  ])('runs %s by its extension', async (name, text, expected) => {
    script(name, text);
    expect((await run({ script: `scripts/${name}` })).output).toEqual(expected);
  });

  test('shows the repository at /repo, read-only, and only one that is allowed', async () => {
    const repository = makeRepository(join(bench().host, 'allowed', 'repository'));
    script(
      'run.mjs',
      `${prelude} import { execFileSync } from 'node:child_process'; let wrote = true; try { writeFileSync('/repo/x', '') } catch { wrote = false } done({ input, wrote, log: execFileSync('git', ['-C', '/repo', 'log', '--format=%s'], { encoding: 'utf8' }), skill: existsSync('/skill/scripts/run.mjs') });`,
    );
    expect((await run({ input: { repository } })).output).toEqual({
      input: { repository: '/repo' },
      wrote: false,
      log: 'Say two\nSay one\n',
      skill: true,
    });
    await expect(run({ input: { repository: '/etc' } })).rejects.toMatchObject({
      family: 'refused',
      code: 'repository-not-allowed',
    });
    await expect(run({ input: { repository: join(bench().host, 'none') } })).rejects.toMatchObject({
      code: 'repository-not-found',
    });
  });

  test('hands over the data behind references', async () => {
    script('run.mjs', `${prelude} done(input);`);
    const reference = { $artifact: 'sha256:1', name: 'output.json', mediaType: 'application/json', sizeBytes: 9 };
    const readArtifact = () => Promise.resolve(Buffer.from('{"big":[1]}'));
    const result = await bench().call(
      'run-skill-script',
      {
        skill: 'sample',
        input: { results: { one: reference, two: [reference] } },
      },
      { readArtifact },
    );
    expect(result.output).toEqual({ results: { one: { big: [1] }, two: [{ big: [1] }] } });
  });

  test('believes nothing a script leaves: links are not followed, and the last run is gone', async () => {
    writeFileSync(join(bench().host, 'secret'), 'secret');
    symlinkSync(bench().host, inside('output'));
    script(
      'run.mjs',
      `${prelude} symlinkSync('${join(bench().host, 'secret')}', out + '/link'); symlinkSync('/etc', out + '/folder'); done({ files: existsSync(out + '/old') });`,
    );
    expect((await run()).artifacts).toEqual([]);
    expect(readdirSync(bench().host).sort()).toEqual(['allowed', 'checkouts', 'secret', 'skill']);
    script('run.mjs', `${prelude} symlinkSync('/etc/passwd', out + '/result.json');`);
    await expect(run()).rejects.toMatchObject({ family: 'refused' });
  });

  test('explains a script that fails, gives no result, gives nonsense or is not there', async () => {
    script('run.mjs', 'throw new Error("broken inside");');
    await expect(run()).rejects.toMatchObject({
      family: 'refused',
      code: 'command-failed',
      message: expect.stringContaining('broken inside') as string,
    });
    script('run.mjs', '');
    await expect(run()).rejects.toMatchObject({ code: 'skill-result-missing' });
    script('run.mjs', `${prelude} writeFileSync(out + '/result.json', '{');`);
    await expect(run()).rejects.toMatchObject({ code: 'skill-result-invalid' });
    for (const name of ['scripts/none.mjs', '../secret.mjs', '/etc/passwd', 'scripts/../../x.sh']) {
      await expect(run({ script: name }), name).rejects.toMatchObject({ code: 'skill-script-unknown' });
    }
    writeFileSync(join(bench().host, 'skill', 'scripts', 'program.exe'), '');
    await expect(run({ script: 'scripts/program.exe' })).rejects.toMatchObject({ code: 'script-not-supported' });
  });

  test('meets its limits with an error that says which', async () => {
    script('run.mjs', `${prelude} const all = []; for (;;) all.push(Buffer.alloc(1e7, 1));`);
    const limits = { memoryBytes: 192 * 1024 * 1024 };
    await expect(bench().call('run-skill-script', { skill: 'sample' }, { limits })).rejects.toMatchObject({
      family: 'refused',
      code: 'command-limit-met',
    });
    script('run.mjs', 'setInterval(() => {}, 1000);');
    await expect(
      bench().call('run-skill-script', { skill: 'sample' }, { limits: { wallMs: 500 } }),
    ).rejects.toMatchObject({
      family: 'temporary',
      code: 'command-timed-out',
    });
  });
});
