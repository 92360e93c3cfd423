import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repositorySkills, scriptOf, SkillBench, type SkillResult } from './skill-bench.ts';

let bench: SkillBench;
beforeEach(async () => {
  bench = await SkillBench.open();
});
afterEach(() => bench.close());

/** What is wrong with the form of a result; the schema of the protocol in code. */
function faultsOf(result: SkillResult, skill: string): readonly string[] {
  const faults: string[] = [];
  if (result.skill !== skill) faults.push(`names the skill ${result.skill}`);
  if (typeof result.summary.headline !== 'string') faults.push('has no headline');
  if (new Set(result.findings.map((finding) => finding.id)).size < result.findings.length)
    faults.push('an id stands twice');
  for (const { id, severity, confidence, rule, line, file } of result.findings) {
    if (!['critical', 'high', 'medium', 'low', 'info'].includes(severity)) faults.push(`${id}: severity ${severity}`);
    if (!['high', 'medium', 'low'].includes(confidence)) faults.push(`${id}: confidence ${confidence}`);
    if (!result.rules[rule]?.why || !result.rules[rule].fix) faults.push(`${id}: rule ${rule} is not explained`);
    if (line !== undefined && !(line > 0)) faults.push(`${id}: line ${line}`);
    if (file?.startsWith('/')) faults.push(`${id}: ${file} is absolute`);
  }
  return faults;
}

/** What repositories really hold: broken, hostile and plain odd files. */
async function writeOddRepository(): Promise<void> {
  await bench.write({
    'package.json': '{ "name": "x", "dependencies": ',
    'package-lock.json': '[]',
    'Cargo.toml': '[package\nname = "x',
    'Cargo.lock': 'version = 3\n[[package]]\nname = ',
    'pyproject.toml': '[project]\ndependencies = [ "a", 3, { x = 1 } ]\n',
    'poetry.lock': '\u0000\u0001',
    'go.mod': 'module\nrequire (\n',
    'pom.xml': '<project><dependency><groupId>a</groupId></project>',
    'pnpm-lock.yaml': 'packages:\n  ? x\n',
    'yarn.lock': '"@@@":\n  version\n',
    'README.md': '# A\n\n[a](b.md) [c](#d) ![](x.png)\n```\nnever closed',
    'latin1.py': Buffer.from('# caf\xe9\ndef f(:\n  """never closed\n', 'latin1'),
    'huge-line.js': `const a = "${'x'.repeat(700_000)}";`,
    'too-large.js': 'a;\n'.repeat(600_000),
    'unbalanced.c': '#if 0\n}}}}{{{{((((\n#else\nint f( {\n/* never closed',
    'unbalanced.rb': 'def a\n  if x\n end end end\ndef\n<<~X\nno end',
    'unbalanced.sh': 'f() {\ncase x in a) ;; esac\nif [ "$(',
    'deep.json': '['.repeat(20_000),
    'template.ts': 'const a = `${`${`${',
    'regex.js': 'const a = /[/; const b = 1 / 2 / 3;',
    'nul.bin': new Uint8Array([0, 1, 2, 3]),
    'empty.go': '',
    'odd name\n"quoted" <b>.py': 'x = 1\n',
    LICENSE: 'Do what you like, but smile.'.repeat(5),
    'bom.ts': '\uFEFFexport const a = 1;\n',
  });
  await mkdir(join(bench.repository, 'loop'));
  await symlink('..', join(bench.repository, 'loop', 'up'));
  await symlink('self', join(bench.repository, 'self'));
  await symlink('/etc/passwd', join(bench.repository, 'outside'));
  execFileSync('mkfifo', [join(bench.repository, 'pipe.js')]);
}

describe('every repository skill', { timeout: 120_000 }, () => {
  test.each(repositorySkills)('%s reads odd and broken files in a plain folder without failing', async (skill) => {
    await writeOddRepository();
    expect(faultsOf(await bench.run(skill), skill)).toEqual([]);
  });

  test.each(repositorySkills)('%s reads odd and broken files in a git repository without failing', async (skill) => {
    await writeOddRepository();
    await bench.commit();
    expect(faultsOf(await bench.run(skill), skill)).toEqual([]);
  });

  test.each(repositorySkills)(
    '%s has something to say of an empty folder and of an empty repository',
    async (skill) => {
      expect(faultsOf(await bench.run(skill), skill)).toEqual([]);
      execFileSync('git', ['init', '-q', bench.repository]);
      expect(faultsOf(await bench.run(skill), skill)).toEqual([]);
    },
  );

  test.each(repositorySkills)('%s says the same of the same repository, byte for byte', async (skill) => {
    await writeOddRepository();
    await bench.commit();
    const [first, second] = [
      await bench.runFor(skill, { repository: bench.repository }),
      await bench.runFor(skill, { repository: bench.repository }),
    ];
    expect(await readFile(join(second, 'result.json'), 'utf8')).toBe(
      await readFile(join(first, 'result.json'), 'utf8'),
    );
  });

  test.each(repositorySkills.slice(1))(
    '%s says the same with the file list of the inventory as without',
    async (skill) => {
      await writeOddRepository();
      await bench.write({ 'src/a.ts': 'export function a() { return 1; }\n' });
      await bench.commit();
      const files = join(await bench.runFor('inventory', { repository: bench.repository }), 'files.json');
      const { notes: _own, ...alone } = await bench.run(skill);
      const { notes: _given, ...given } = await bench.run(skill, { files });
      expect(given).toEqual(alone);
    },
  );

  test('fails with a message and a code when the repository or the input is not there', () => {
    const env = { PATH: process.env['PATH'], CHORALE_OUTPUT: join(bench.root, 'out') };
    const missing = spawnSync(process.execPath, [scriptOf('inventory')], {
      env: { ...env, CHORALE_INPUT: join(bench.root, 'no.json') },
      encoding: 'utf8',
    });
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain('no.json is not readable JSON');
    const nowhere = spawnSync(
      process.execPath,
      [scriptOf('inventory'), join(bench.root, 'nowhere'), join(bench.root, 'out')],
      { env: { PATH: env.PATH }, encoding: 'utf8' },
    );
    expect(nowhere.status).toBe(1);
    expect(nowhere.stderr).toContain('is not a folder that can be read');
  });

  test('can be run by hand with a repository and an output folder', async () => {
    await bench.write({ 'a.py': 'x = 1\n' });
    const output = join(bench.root, 'by-hand');
    const { stdout } = await promisify(execFile)(process.execPath, [scriptOf('inventory'), bench.repository, output], {
      env: { PATH: process.env['PATH'] },
    });
    expect(stdout).toContain('inventory: done');
    expect(JSON.parse(await readFile(join(output, 'result.json'), 'utf8'))).toMatchObject({ summary: { files: 1 } });
  });

  test('does nothing that the configuration of a repository asks for', async () => {
    await bench.write({ 'a.txt': 'a\n' });
    await bench.commit();
    const trap = join(bench.root, 'trapped');
    for (const key of [
      'core.fsmonitor',
      'core.pager',
      'diff.external',
      'log.showSignature',
      'gpg.program',
      'core.sshCommand',
    ]) {
      bench.git('config', key, key === 'log.showSignature' ? 'true' : `touch ${trap}; false`);
    }
    await bench.run('history');
    await bench.run('inventory');
    await expect(readFile(trap)).rejects.toThrow('ENOENT');
  });
});
