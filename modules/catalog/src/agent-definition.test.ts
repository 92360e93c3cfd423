import { describe, expect, test } from 'vitest';
import { parseAgentDefinition } from './index.ts';

const parse = (text: string, mode: 'strict' | 'lenient' = 'strict') =>
  parseAgentDefinition({ path: '/c/agents/ann.md', text }, mode);
const file = (fields: string) => `---\nname: ann\ndescription: Is Ann.\nrole: Tester\n${fields}---\nTest things.\n`;

describe('an agent', () => {
  test('[AG1] has a role, skills, grants, a model policy, a personality and instructions', () => {
    const text = file(`skills: [sweep, mop]
tools:
  - read-file
  - http-fetch: { hosts: [example.org], ask: true }
model: { prefer: [fast], strategy: privacy, dataClass: personal, region: eu, effort: low, costUsdMax: 0.5, turnsMax: 9 }
personality: { tone: dry, traits: [exact] }
`);
    expect(parse(text)).toEqual({
      problems: [],
      value: {
        name: 'ann',
        description: 'Is Ann.',
        role: 'Tester',
        skills: ['sweep', 'mop'],
        tools: [
          { tool: 'read-file', limits: {} },
          { tool: 'http-fetch', limits: { hosts: ['example.org'] }, ask: true },
        ],
        model: {
          prefer: ['fast'],
          strategy: 'privacy',
          dataClass: 'personal',
          region: 'eu',
          effort: 'low',
          costUsdMax: 0.5,
          turnsMax: 9,
        },
        personality: { tone: 'dry', traits: ['exact'] },
        instructions: 'Test things.',
        path: '/c/agents/ann.md',
      },
    });
  });

  test('[AG2] without tools is granted none', () => {
    expect(parse(file('')).value?.tools).toEqual([]);
  });

  test.each([
    ['tools: everything\n', 'tools'],
    ['tools: [{ a: {}, b: {} }]\n', 'two names in one grant'],
    ['tools: [7]\n', 'a number as a grant'],
    ['skills: sweep\n', 'skills as text'],
    ['skills: [../sweep]\n', 'a path as a skill'],
    ['model: { costUsdMax: -1 }\n', 'a negative budget'],
    ['model: { strategy: fastest }\n', 'an unknown strategy'],
    ['model: { dataClass: hidden }\n', 'an unknown data class'],
    ['tools: [{ shell: { ask: perhaps } }]\n', 'a leave that is neither needed nor not'],
    ['colour: red\n', 'an unknown field'],
    ['name2: [\n', 'broken YAML'],
  ])('[AG3] of ours is refused for %j (%s)', (fields) => {
    const parsed = parse(file(fields));
    expect(parsed.value).toBeUndefined();
    expect(parsed.problems[0]).toMatchObject({ severity: 'error', path: '/c/agents/ann.md' });
    expect(parsed.problems[0]?.line).toBeGreaterThanOrEqual(5);
  });

  test('[AG4] of a foreign source is read as far as it can be: lists as text, a missing role, unknown fields', () => {
    const parsed = parse(
      '---\ndescription: Is Ann.\nskills: sweep, mop\ntools: Read, Grep\nmodel: sonnet\ncolour: red\n---\n',
      'lenient',
    );
    expect(parsed.value).toMatchObject({
      name: 'ann',
      role: 'ann',
      skills: ['sweep', 'mop'],
      model: { prefer: ['sonnet'] },
    });
    expect(parsed.value?.tools.map((grant) => grant.tool)).toEqual(['Read', 'Grep']);
    expect(parsed.problems.every((problem) => problem.severity === 'warning')).toBe(true);
  });
});
