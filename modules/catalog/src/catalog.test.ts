import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { getUsable, mergeCatalog } from './index.ts';
import type { CatalogLayer, CatalogOrigin, CatalogTrust, Skill } from './index.ts';

const skill = (name: string, directory: string): Skill => ({
  name,
  description: name,
  metadata: {},
  allowedTools: [],
  body: '',
  directory,
  files: [],
});

function layer(origin: CatalogOrigin, names: readonly string[], trust: CatalogTrust = 'trusted'): CatalogLayer {
  const skills = names.map((name) => skill(name, `/${origin}/${name}`));
  return { origin, trust, agents: [], skills, workflows: [], problems: [] };
}

describe('the catalogue', () => {
  test('[CA1] a project beats the user, and the user beats what ships', () => {
    const { skills } = mergeCatalog([
      layer('project', ['a']),
      layer('shipped', ['a', 'b', 'c']),
      layer('user', ['a', 'b']),
    ]);
    expect([...skills.values()].map(({ name, origin }) => `${name}:${origin}`)).toEqual([
      'a:project',
      'b:user',
      'c:shipped',
    ]);
  });

  test('[CA2] an untrusted entry never hides a trusted one', () => {
    const { skills } = mergeCatalog([layer('shipped', ['a']), layer('project', ['a', 'b'], 'untrusted')]);
    expect(skills.get('a')).toMatchObject({ origin: 'shipped', trust: 'trusted' });
    expect(skills.get('b')).toMatchObject({ origin: 'project', trust: 'untrusted' });
  });

  test('[CA3] every name defined twice is reported with winner and losers', () => {
    const { collisions } = mergeCatalog([layer('shipped', ['a']), layer('user', ['a'])]);
    expect(collisions).toEqual([
      {
        kind: 'skill',
        name: 'a',
        winner: { path: '/user/a/SKILL.md', origin: 'user' },
        losers: [{ path: '/shipped/a/SKILL.md', origin: 'shipped', trust: 'trusted' }],
      },
    ]);
  });

  test('[CA4] the outcome does not depend on the order of the layers', () => {
    const layers = [
      layer('shipped', ['a', 'b']),
      layer('user', ['b', 'a']),
      layer('user', ['c']),
      layer('project', ['a', 'd'], 'untrusted'),
    ];
    const expected = mergeCatalog(layers);
    fc.assert(
      fc.property(fc.shuffledSubarray(layers, { minLength: layers.length }), (shuffled) => {
        expect(mergeCatalog(shuffled)).toEqual(expected);
      }),
    );
  });

  test('[CA5] an agent that names a skill nobody has is reported', () => {
    const agent = {
      name: 'ann',
      description: '',
      role: '',
      skills: ['a', 'zzz'],
      tools: [],
      instructions: '',
      path: '/ann.md',
    };
    const { problems } = mergeCatalog([{ ...layer('shipped', ['a']), agents: [agent] }]);
    expect(problems).toMatchObject([{ code: 'skill-unknown', path: '/ann.md', severity: 'warning' }]);
  });

  test('[CA6] asking for an unknown or untrusted name is refused and says what to do', () => {
    const { skills } = mergeCatalog([layer('project', ['a'], 'untrusted')]);
    expect(() => getUsable(skills, 'b')).toThrow(
      expect.objectContaining({ code: 'catalog-unknown', action: 'choose one of: a' }),
    );
    expect(() => getUsable(skills, 'a')).toThrow(
      expect.objectContaining({ code: 'catalog-untrusted', family: 'refused' }),
    );
  });
});
