// A skill: a folder in the Agent Skills format (agentskills.io), a `SKILL.md` with optional scripts, references and assets.

import { descriptionLengthMax, Fields, isRecord } from './fields.ts';
import { ProblemList, readFrontmatter } from './frontmatter.ts';
import type { ReadMode } from './frontmatter.ts';
import type { Parsed } from './problem.ts';

export interface Skill {
  readonly name: string;
  readonly description: string;
  readonly license?: string;
  readonly compatibility?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly allowedTools: readonly string[];
  /** The Markdown after the frontmatter: what an agent reads when it activates the skill. */
  readonly body: string;
  /** The folder that holds `SKILL.md`, as discovered. */
  readonly directory: string;
  /** Files under the folder, relative to it, `/` between segments, sorted. */
  readonly files: readonly string[];
  /** The script that does the skill's work without a model, relative to the folder; see rule SK6. */
  readonly entryScript?: string;
}

/** What an adapter found on disk. */
export interface SkillSource {
  /** Path of `SKILL.md`, `/` between segments; its folder gives the skill's name. */
  readonly path: string;
  readonly text: string;
  readonly files: readonly string[];
}

const knownFields = ['name', 'description', 'license', 'compatibility', 'metadata', 'allowed-tools'];
const compatibilityLengthMax = 500;
const bodyLinesMax = 500;
/** The `metadata` key that names the entry script when `scripts/` holds more than one. */
const entryScriptKey = 'script';

/** Never throws: a file that cannot be used gives no value and at least one error. */
export function parseSkill(source: SkillSource, mode: ReadMode): Parsed<Skill> {
  const list = new ProblemList(source.path, mode);
  const frontmatter = readFrontmatter(source.text, list);
  if (frontmatter === undefined) return { value: undefined, problems: list.problems };
  const fields = new Fields(frontmatter.values, list);
  const directory = source.path.split('/').slice(0, -1).join('/');
  const name = fields.name(directory.split('/').at(-1) ?? '');
  const description = fields.requiredText('description', descriptionLengthMax);
  const license = fields.text('license', descriptionLengthMax);
  const compatibility = fields.text('compatibility', compatibilityLengthMax);
  const metadata = readMetadata(fields);
  const entryScript = findEntryScript(source.files, metadata, fields);
  fields.refuseUnknown(knownFields);
  checkBody(frontmatter.body, fields);
  if (description === undefined || list.failed) return { value: undefined, problems: list.problems };
  const value: Skill = {
    name,
    description,
    ...(license === undefined ? {} : { license }),
    ...(compatibility === undefined ? {} : { compatibility }),
    metadata,
    allowedTools: readAllowedTools(fields),
    body: frontmatter.body,
    directory,
    files: source.files.toSorted(),
    ...(entryScript === undefined ? {} : { entryScript }),
  };
  return { value, problems: list.problems };
}

function readMetadata(fields: Fields): Readonly<Record<string, string>> {
  const metadata: Record<string, string> = {};
  for (const [key, value] of Object.entries(fields.record('metadata') ?? {})) {
    if (typeof value === 'string') metadata[key] = value;
    else {
      fields.complain(`\`metadata.${key}\` must be text`, 'metadata');
      if (!isRecord(value) && !Array.isArray(value)) metadata[key] = String(value);
    }
  }
  return metadata;
}

/** The specification has a space-separated text here; foreign files often hold a list or commas. */
function readAllowedTools(fields: Fields): readonly string[] {
  const value = fields.values['allowed-tools'];
  if (typeof value === 'string') return value.split(/[\s,]+/).filter((tool) => tool !== '');
  return fields.textList('allowed-tools');
}

function findEntryScript(
  files: readonly string[],
  metadata: Readonly<Record<string, string>>,
  fields: Fields,
): string | undefined {
  const named = metadata[entryScriptKey];
  if (named !== undefined) {
    if (files.includes(named)) return named;
    fields.list.deviation(
      'script-missing',
      `\`metadata.${entryScriptKey}\` names \`${named}\`, which the skill does not hold`,
      'metadata',
    );
    return undefined;
  }
  const scripts = files.filter((file) => /^scripts\/[^/]+\.(?:mjs|js|py|sh)$/.test(file));
  if (scripts.length > 1 && fields.list.mode === 'strict') {
    fields.list.error(
      'script-ambiguous',
      `the skill holds ${scripts.length} scripts; name the one to run in \`metadata.${entryScriptKey}\``,
      'metadata',
    );
  }
  return scripts.length === 1 ? scripts[0] : undefined;
}

function checkBody(body: string, fields: Fields): void {
  if (body === '') fields.list.deviation('body-empty', 'the skill says nothing after its frontmatter');
  const lines = body.split('\n').length;
  if (lines > bodyLinesMax) {
    fields.list.warning(
      'body-long',
      `the body has ${lines} lines; move detail into references/ to stay under ${bodyLinesMax}`,
    );
  }
}
