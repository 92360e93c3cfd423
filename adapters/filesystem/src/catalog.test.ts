import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getUsable } from '@chorale/module-catalog';
import { describeTrustStore } from '@chorale/module-catalog/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { discoverCatalog, hashProjectContent, openFilesystemTrustStore } from './index.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'catalog-'));
  await mkdir(join(root, 'project'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, text: string): Promise<string> {
  const full = join(root, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, text);
  return full;
}

const skill = (name: string, body = 'Do it.') => `---\nname: ${name}\ndescription: Does ${name}.\n---\n${body}\n`;
const agent = (name: string) => `---\nname: ${name}\ndescription: Is ${name}.\nrole: Tester\n---\nTest.\n`;
const places = () => ({
  shipped: join(root, 'shipped'),
  project: join(root, 'project'),
  home: join(root, 'home'),
  configHome: join(root, 'config'),
});
const trustStore = () => openFilesystemTrustStore({ directory: join(root, 'data') });
const discover = () => discoverCatalog(places(), trustStore());

describe('discovering a catalogue', () => {
  test('finds agents, skills with their files, and workflows in every layer', async () => {
    await put('shipped/agents/ann.md', agent('ann'));
    await put('shipped/skills/sweep/SKILL.md', skill('sweep'));
    await put('shipped/skills/sweep/scripts/sweep.mjs', '');
    await put('home/.agents/skills/dust/SKILL.md', skill('dust'));
    await put('config/chorale/workflows/clean.yaml', 'name: clean\n');
    const { catalog, project } = await discover();
    expect([...catalog.agents.keys()]).toEqual(['ann']);
    expect([...catalog.skills.keys()]).toEqual(['dust', 'sweep']);
    expect(catalog.skills.get('sweep')?.value.entryScript).toBe('scripts/sweep.mjs');
    expect(catalog.workflows.get('clean')?.value.text).toBe('name: clean\n');
    expect(catalog.problems).toEqual([]);
    expect(project).toBeUndefined();
  });

  test('[TG1] what a project brings is untrusted until its content is trusted, and again after any change', async () => {
    await put('project/.agents/skills/own/SKILL.md', skill('own'));
    const script = await put('project/.agents/skills/own/scripts/own.mjs', 'one');
    const first = await discover();
    expect(first.projectTrusted).toBe(false);
    expect(() => getUsable(first.catalog.skills, 'own')).toThrow(/not trusted yet/);
    if (first.project === undefined) throw new Error('the project was not hashed');
    await trustStore().trust(first.project);
    expect(getUsable((await discover()).catalog.skills, 'own').origin).toBe('project');
    await writeFile(script, 'two');
    expect((await discover()).projectTrusted).toBe(false);
  });

  test('[TG2] an untrusted project cannot replace a shipped skill by its name', async () => {
    await put('shipped/skills/sweep/SKILL.md', skill('sweep', 'The real one.'));
    await put('project/.agents/skills/sweep/SKILL.md', skill('sweep', 'A false one.'));
    const { catalog } = await discover();
    expect(getUsable(catalog.skills, 'sweep').value.body).toBe('The real one.');
    expect(catalog.collisions).toMatchObject([
      { kind: 'skill', name: 'sweep', losers: [{ origin: 'project', trust: 'untrusted' }] },
    ]);
  });

  test('symbolic links are reported and not followed, also when they loop', async () => {
    const secret = await put('elsewhere/secret.md', agent('secret'));
    await put('home/.agents/agents/plain.md', agent('plain'));
    await symlink(secret, join(root, 'home/.agents/agents/secret.md'));
    await put('home/.agents/skills/loop/SKILL.md', skill('loop'));
    await symlink('..', join(root, 'home/.agents/skills/loop/again'));
    const { catalog } = await discover();
    expect([...catalog.agents.keys()]).toEqual(['plain']);
    expect(catalog.skills.get('loop')?.value.files).toEqual(['SKILL.md']);
    expect(catalog.problems.map((problem) => problem.code)).toEqual(['file-outside', 'file-outside']);
  });

  test('a project whose .agents is a link has nothing that can be trusted', async () => {
    await put('elsewhere/skills/x/SKILL.md', skill('x'));
    await symlink(join(root, 'elsewhere'), join(root, 'project/.agents'));
    const { catalog, project } = await discover();
    expect(project).toBeUndefined();
    expect(catalog.skills.size).toBe(0);
    expect(catalog.problems.map((problem) => problem.code)).toEqual(['file-outside']);
  });

  test('a file that is too large, a pipe, and a broken skill do not hide the others', async () => {
    await put('home/.agents/agents/huge.md', 'x'.repeat(300 * 1024));
    await put('home/.agents/agents/good.md', agent('good'));
    execFileSync('mkfifo', [join(root, 'home/.agents/agents/pipe.md')]);
    await put('home/.agents/skills/broken/SKILL.md', '---\ndescription: [\n---\n');
    const { catalog } = await discover();
    expect([...catalog.agents.keys()]).toEqual(['good']);
    expect(catalog.problems.map((problem) => problem.code)).toEqual(
      expect.arrayContaining(['file-too-large', 'yaml-invalid']),
    );
  });

  test('a skill with too many files is refused by name', async () => {
    await put('home/.agents/skills/big/SKILL.md', skill('big'));
    for (let index = 0; index < 501; index++) await put(`home/.agents/skills/big/assets/${index}.txt`, '');
    const { catalog } = await discover();
    expect(catalog.skills.size).toBe(0);
    expect(catalog.problems).toMatchObject([{ code: 'folder-too-large', path: join(root, 'home/.agents/skills/big') }]);
  });

  test('the hash of a project tells apart contents that only moved between files', async () => {
    await put('project/.agents/skills/a/SKILL.md', 'xy');
    await put('project/.agents/skills/b/SKILL.md', 'z');
    const before = (await hashProjectContent(join(root, 'project'))).content?.contentHash;
    await put('project/.agents/skills/a/SKILL.md', 'x');
    await put('project/.agents/skills/b/SKILL.md', 'yz');
    expect((await hashProjectContent(join(root, 'project'))).content?.contentHash).not.toBe(before);
  });

  test('with a damaged trust file the project stays untrusted and the damage is reported', async () => {
    await put('project/.agents/agents/ann.md', agent('ann'));
    await put('data/trusted-projects.json', '{"');
    const { catalog, projectTrusted } = await discover();
    expect(projectTrusted).toBe(false);
    expect(catalog.problems.map((problem) => problem.message).join()).toMatch(/trusted-projects\.json is damaged/);
  });
});

describeTrustStore('the filesystem trust store', {
  reset: async () => undefined,
  open: async () => trustStore(),
});

test('changes made at the same time are all kept', async () => {
  const store = trustStore();
  const projects = Array.from({ length: 20 }, (_, index) => ({ path: `/p/${index}`, contentHash: String(index) }));
  await Promise.all(projects.map((project) => store.trust(project)));
  expect(await store.list()).toHaveLength(20);
});
