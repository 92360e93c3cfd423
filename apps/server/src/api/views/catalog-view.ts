import type { Agent as AgentView, CatalogItem, Json, Skill as SkillView } from '@chorale/lib-client';
import type { AgentDefinition, CatalogEntry, Skill } from '@chorale/module-catalog';

export function itemView(entry: CatalogEntry<unknown>, description: string): CatalogItem {
  const { name, origin, trust, path } = entry;
  return { name, description, origin, trust, path };
}

export function agentView(entry: CatalogEntry<AgentDefinition>): AgentView {
  const { value } = entry;
  return {
    ...itemView(entry, value.description),
    role: value.role,
    skills: value.skills,
    tools: value.tools.map(({ tool, limits }) => ({ tool, limits: limits as { readonly [key: string]: Json } })),
    ...(value.model === undefined ? {} : { model: value.model }),
    ...(value.personality === undefined ? {} : { personality: value.personality }),
    instructions: value.instructions,
  };
}

export function skillView(entry: CatalogEntry<Skill>): SkillView {
  const { directory: _directory, ...skill } = entry.value;
  return { ...itemView(entry, skill.description), ...skill };
}
