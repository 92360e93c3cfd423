import type { AgentDefinition, Skill } from '@chorale/module-catalog';
import type { PlanDefinition, TaskDefinition } from '@chorale/module-goals';
import { expect, test } from 'vitest';
import { modelNeeded, worksByScript, worksWithoutModel } from './works-by-script.ts';

const agents: { readonly [name: string]: Partial<AgentDefinition> } = {
  scout: { skills: ['map'] },
  thinker: { skills: ['map'], model: { prefer: [] } },
  both: { skills: ['map', 'words'] },
};
const crew = {
  getAgent: (name: string) => ({ name, ...agents[name] }) as AgentDefinition,
  getSkill: (name: string) => ({ name, entryScript: name === 'map' ? 'scripts/map.mjs' : undefined }) as Skill,
};
const plan = (...tasks: readonly Partial<TaskDefinition>[]): PlanDefinition => ({
  workflow: 'w',
  inputs: {},
  tasks: tasks.map((task, index) => ({ key: `t${index}`, kind: 'agent', needs: [], ...task })),
});

test('[A7] an agent works by script when it names one itself and says nothing of models', () => {
  expect(worksByScript({ agent: 'scout' }, crew)).toBe(true);
  expect(worksByScript({ agent: 'both', skill: 'map' }, crew)).toBe(true);
  expect(worksByScript({ agent: 'both' }, crew)).toBe(false);
  expect(worksByScript({ agent: 'both', skill: 'words' }, crew)).toBe(false);
  expect(worksByScript({ agent: 'thinker' }, crew)).toBe(false);
});

test('[A7] the refusal of what needs a model names the workflows that do not', () => {
  const alone = plan({ agent: 'scout' }, { kind: 'tool', tool: 'echo' });
  const thinking = plan({ agent: 'thinker' });
  const nested = { ...plan({ kind: 'workflow', workflow: 'inner' }), children: { inner: thinking } };
  expect([alone, thinking, nested].map((one) => worksWithoutModel(one, crew))).toEqual([true, false, false]);
  const choices = Object.entries({ alone, thinking, nested }).map(([name, definition]) => ({
    name,
    description: '',
    inputs: {},
    definition,
  }));
  expect(modelNeeded('A goal in plain words', choices, crew)).toMatchObject({
    family: 'refused',
    code: 'agent-needs-model',
    action: expect.stringMatching(/the key of a provider, such as OPENAI_API_KEY.*Without one you can run: alone\.$/),
  });
});
