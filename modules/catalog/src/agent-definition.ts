// An agent as a file: Markdown whose frontmatter says what the agent is and may do, and whose body is its instructions.

import { describe, descriptionLengthMax, Fields, isRecord, namePattern } from './fields.ts';
import { ProblemList, readFrontmatter } from './frontmatter.ts';
import { readModelPolicy, type ModelPolicy } from './model-policy.ts';
import type { ReadMode } from './frontmatter.ts';
import type { Parsed } from './problem.ts';

export interface AgentDefinition {
  readonly name: string;
  readonly description: string;
  /** What the agent is to others, in a few words: "Security reviewer". */
  readonly role: string;
  /** Names of skills it may use. */
  readonly skills: readonly string[];
  /** What it may do; a tool that is not granted is refused. */
  readonly tools: readonly ToolGrant[];
  readonly model?: ModelPolicy;
  readonly personality?: Personality;
  readonly instructions: string;
  readonly path: string;
}

export interface ToolGrant {
  readonly tool: string;
  /** Narrows the grant; its meaning belongs to the tool, e.g. `hosts` for `http-fetch`. */
  readonly limits: Readonly<Record<string, unknown>>;
  /** True: every call needs a person's leave. `never`: none does, also when the agent has read what others wrote. */
  readonly ask?: true | 'never';
}

export interface Personality {
  readonly tone?: string;
  readonly traits: readonly string[];
}

export interface AgentSource {
  /** Path of the file, `/` between segments; its base name gives the agent's name. */
  readonly path: string;
  readonly text: string;
}

const knownFields = ['name', 'description', 'role', 'skills', 'tools', 'model', 'personality'];
const roleLengthMax = 120;
const toneLengthMax = 200;

/** Never throws: a file that cannot be used gives no value and at least one error. */
export function parseAgentDefinition(source: AgentSource, mode: ReadMode): Parsed<AgentDefinition> {
  const list = new ProblemList(source.path, mode);
  const frontmatter = readFrontmatter(source.text, list);
  if (frontmatter === undefined) return { value: undefined, problems: list.problems };
  const fields = new Fields(frontmatter.values, list);
  const name = fields.name((source.path.split('/').at(-1) ?? '').replace(/\.md$/, ''));
  const description = fields.requiredText('description', descriptionLengthMax);
  const role =
    mode === 'strict' ? fields.requiredText('role', roleLengthMax) : (fields.text('role', roleLengthMax) ?? name);
  const skills = readSkillNames(fields);
  const tools = readGrants(fields);
  const model = readModelPolicy(fields);
  const personality = readPersonality(fields);
  fields.refuseUnknown(knownFields);
  if (frontmatter.body === '') {
    list.deviation('body-empty', 'the agent has no instructions after its frontmatter');
  }
  if (description === undefined || role === undefined || list.failed)
    return { value: undefined, problems: list.problems };
  const value: AgentDefinition = {
    name,
    description,
    role,
    skills,
    tools,
    ...(model === undefined ? {} : { model }),
    ...(personality === undefined ? {} : { personality }),
    instructions: frontmatter.body,
    path: source.path,
  };
  return { value, problems: list.problems };
}

function readSkillNames(fields: Fields): readonly string[] {
  const names = fields.textList('skills');
  for (const name of names) {
    if (!namePattern.test(name)) fields.complain(`\`skills\` holds \`${name}\`, which is no skill name`, 'skills');
  }
  return [...new Set(names)];
}

/** Each item is a tool's name, or a mapping of one tool's name to the limits of the grant and `ask`. */
function readGrants(fields: Fields): readonly ToolGrant[] {
  const value = fields.values['tools'];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    if (typeof value === 'string' && fields.list.mode === 'lenient')
      return fields.textList('tools').map((tool) => ({ tool, limits: {} }));
    fields.complain(`\`tools\` must be a list, found ${describe(value)}`, 'tools');
    return [];
  }
  const grants: ToolGrant[] = [];
  for (const item of value) {
    const [tool, limits] = isRecord(item) ? (Object.entries(item)[0] ?? []) : [item, {}];
    const single = !isRecord(item) || Object.keys(item).length === 1;
    if (typeof tool === 'string' && tool !== '' && single && isRecord(limits ?? {}))
      grants.push(readGrant(tool, (limits ?? {}) as ToolGrant['limits'], fields));
    else
      fields.complain(
        `\`tools\` items are a name, or one name with its limits; found ${JSON.stringify(item)}`,
        'tools',
      );
  }
  return grants;
}

/** `ask` is ours; every other limit is the tool's. */
function readGrant(tool: string, { ask, ...limits }: ToolGrant['limits'], fields: Fields): ToolGrant {
  if (ask === undefined || ask === false) return { tool, limits };
  if (ask === 'never') return { tool, limits, ask };
  if (ask !== true)
    fields.complain(`\`ask\` of the grant of ${tool} must be true, false or never, found ${describe(ask)}`, 'tools');
  // What cannot be read asks: the other reading would let a call through.
  return { tool, limits, ask: true };
}

function readPersonality(fields: Fields): Personality | undefined {
  const record = fields.record('personality');
  if (record === undefined) return undefined;
  const inner = new Fields(record, fields.list);
  inner.refuseUnknown(['tone', 'traits']);
  const tone = inner.text('tone', toneLengthMax);
  return { ...(tone === undefined ? {} : { tone }), traits: inner.textList('traits') };
}
