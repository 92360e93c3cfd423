import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { discoverCatalog, openFilesystemTrustStore } from '@chorale/adapter-filesystem';
import { compileWorkflow, parseWorkflow } from '@chorale/module-catalog';
import { describe, expect, test } from 'vitest';
import { catalogFolder, repositorySkills, scriptOf } from './skill-bench.ts';

const discover = () => discoverCatalog({ shipped: catalogFolder }, openFilesystemTrustStore({ directory: '/nowhere' }));

describe('what ships', () => {
  test('keeps to the format of agents and skills without a single warning', async () => {
    const { catalog } = await discover();
    expect(catalog.problems).toEqual([]);
    expect(catalog.collisions).toEqual([]);
    expect(catalog.agents.size).toBeGreaterThanOrEqual(10);
    expect([...catalog.skills.keys()]).toEqual(expect.arrayContaining([...repositorySkills, 'report']));
  });

  test('has no agent whose skills are not there or that may do nothing', async () => {
    const { catalog } = await discover();
    for (const { value } of catalog.agents.values()) {
      expect(
        value.skills.filter((name) => !catalog.skills.has(name)),
        value.name,
      ).toEqual([]);
      const tools = value.tools.map((grant) => grant.tool);
      // Without a model an agent works through its script; with one, through whatever it was granted.
      const works = value.model === undefined ? tools.includes('run-skill-script') : tools.length > 0;
      expect(works, value.name).toBe(true);
    }
  });

  test('has the review as a workflow that compiles, in which every agent has the skill it is given', async () => {
    const { catalog } = await discover();
    const source = catalog.workflows.get('review-repository')?.value;
    const parsed = parseWorkflow(source?.text ?? '', { file: source?.path ?? '' });
    const compiled = compileWorkflow(parsed, { resolveWorkflow: () => undefined });
    expect(compiled.mistakes).toEqual([]);
    expect(compiled.definition?.tasks).toHaveLength(repositorySkills.length + 4);
    const text = readFileSync(join(catalogFolder, 'workflows/review-repository.yaml'), 'utf8');
    const pairs = [...text.matchAll(/agent: ([\w-]+)\n\s+skill: ([\w-]+)/g)].map(([, agent, skill]) => ({
      agent,
      skill,
    }));
    expect(pairs.map((pair) => pair.skill)).toEqual([...repositorySkills, 'report']);
    for (const { agent, skill } of pairs) expect(catalog.agents.get(agent ?? '')?.value.skills).toContain(skill);
  });

  test('has an entry script in every skill, which imports nothing but Node and its own files', async () => {
    const { catalog } = await discover();
    for (const { value } of catalog.skills.values()) {
      expect(join(value.directory, value.entryScript ?? '')).toBe(scriptOf(value.name));
      for (const file of value.files.filter((name) => name.endsWith('.mjs'))) {
        const text = await readFile(join(value.directory, file), 'utf8');
        const imports = [...text.matchAll(/^(?:import|export)\b[^'\n]*?from '([^']+)'/gm)].map(
          (match) => match[1] ?? '',
        );
        expect(
          imports.filter((name) => !/^(?:node:|\.\.?\/)/.test(name)),
          `${value.name}/${file}`,
        ).toEqual([]);
        expect(text, `${value.name}/${file} opens no network`).not.toMatch(
          /node:(?:http|https|net|tls|dgram|dns)|\bfetch\(/,
        );
      }
    }
  });

  test('holds shared code once: every copy in a skill equals its original', () => {
    const command = [join(catalogFolder, 'copy-shared.mjs'), '--check'];
    expect(execFileSync(process.execPath, command, { encoding: 'utf8' })).toBe('');
  });

  test('names every shared file in some skill', async () => {
    const shared = await readdir(join(catalogFolder, 'shared'));
    const copies = await readdir(join(catalogFolder, 'skills'), { recursive: true });
    for (const name of shared)
      expect(
        copies.some((copy) => copy.endsWith(`/lib/${name}`)),
        name,
      ).toBe(true);
  });
});
