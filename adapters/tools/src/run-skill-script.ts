// Runs a script of a skill in the sandbox.
//
// What the script sees: its skill's folder at /skill and the repository under review at /repo, both read-only; the
// workspace at /workspace; CHORALE_INPUT, the path of its input as JSON; CHORALE_OUTPUT, a folder for `result.json`
// (the tool's output) and whatever else is to be kept.

import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { refused } from '@chorale/lib-errors';
import {
  sandboxLimitsDefault,
  workspaceInsidePath,
  type SandboxDriver,
  type SandboxMount,
  type ToolContext,
  type ToolDefinition,
  type ToolGrant,
  type ToolOutcome,
} from '@chorale/module-agents';
import type { Json } from '@chorale/module-goals';
import { resolveReferences } from './artifact-references.ts';
import { withFile } from './confined-path.ts';
import { gitEnvironment } from './git-environment.ts';
import { environmentSchema, useGrantedSecrets } from './granted-secrets.ts';
import { chooseInterpreter } from './interpreters.ts';
import { splitLines } from './line-splitter.ts';
import { mediaTypeOf } from './media-type.ts';
import { listOutputFiles } from './output-files.ts';
import { repositoryInsidePath, type Repositories } from './repositories.ts';
import { requireSuccess } from './sandbox-failure.ts';

const skillInsidePath = '/skill';
const inputName = 'input.json';
const outputName = 'output';
const resultName = 'result.json';
const resultBytesMax = 32 * 1024 * 1024;

/** A skill as far as running its scripts goes. */
export interface RunnableSkill {
  readonly name: string;
  /** Absolute host path of the folder. */
  readonly directory: string;
  readonly entryScript?: string;
}

interface RunSkillScriptArguments {
  readonly skill: string;
  readonly script?: string;
  readonly input: { readonly [key: string]: Json };
}

export interface RunSkillScriptParts {
  readonly sandbox: SandboxDriver;
  readonly repositories: Repositories;
  /** Throws a refused error for a skill that is unknown or not trusted. */
  readonly getSkill: (name: string) => RunnableSkill;
}

export function createRunSkillScript(parts: RunSkillScriptParts): ToolDefinition<RunSkillScriptArguments> {
  return {
    name: 'run-skill-script',
    description:
      'Runs a script that belongs to a skill, in a sandbox without network, and gives the data it reports. ' +
      "Leave `script` out for the skill's own entry script. A `repository` in the input is shown to the script at /repo, read-only.",
    inputSchema: {
      type: 'object',
      properties: {
        skill: { type: 'string', minLength: 1, maxLength: 128 },
        script: {
          type: 'string',
          minLength: 1,
          maxLength: 512,
          description: 'Path inside the skill, such as scripts/run.mjs.',
        },
        input: { type: 'object', default: {} },
      },
      required: ['skill'],
      additionalProperties: false,
    },
    // A script only changes the workspace it is given, and begins by finding its output folder empty.
    idempotent: true,
    effects: 'writes-workspace',
    grantSchema: { type: 'object', properties: { env: environmentSchema }, additionalProperties: false },
    outputBytesMax: resultBytesMax,
    run: (args, context) => runSkillScript(parts, args, context),
  };
}

async function runSkillScript(
  parts: RunSkillScriptParts,
  args: RunSkillScriptArguments,
  context: ToolContext & { readonly grant: ToolGrant },
): Promise<ToolOutcome> {
  const skill = parts.getSkill(args.skill);
  const script = chooseScript(skill, args.script);
  const { input, mounts } = showRepository(
    (await resolveReferences(args.input, context)) as RunSkillScriptArguments['input'],
    parts.repositories,
  );
  await prepareWorkspace(context.workspace, input);
  const memoryBytes = context.limits?.memoryBytes ?? sandboxLimitsDefault.memoryBytes;
  const interpreter = chooseInterpreter(script, memoryBytes);
  const secrets = await useGrantedSecrets(context, 'env');
  const lines = splitLines((line) => context.onProgress?.(line));
  const result = await parts.sandbox.run(
    {
      argv: [...interpreter.argv, `${skillInsidePath}/${script}`],
      workspace: context.workspace,
      mounts: [
        { hostPath: skill.directory, insidePath: skillInsidePath },
        ...interpreter.mounts,
        ...mounts,
        ...(context.mounts ?? []).filter((mount) => !mounts.some((own) => own.insidePath === mount.insidePath)),
      ],
      env: {
        ...secrets,
        ...gitEnvironment(),
        PATH: interpreter.path,
        CHORALE_INPUT: `${workspaceInsidePath}/${inputName}`,
        CHORALE_OUTPUT: `${workspaceInsidePath}/${outputName}`,
      },
      ...(context.limits === undefined ? {} : { limits: context.limits }),
    },
    { ...(context.signal === undefined ? {} : { signal: context.signal }), onStdout: lines.push },
  );
  lines.end();
  requireSuccess(result, `The script ${script} of skill ${skill.name}`);
  return collectOutcome(context.workspace, `The script ${script} of skill ${skill.name}`);
}

/** Inside the skill by its name alone: the folder is mounted as it is, and what a link in it leads to is not there. */
function chooseScript(skill: RunnableSkill, named: string | undefined): string {
  const script = named ?? skill.entryScript;
  if (script === undefined) {
    throw refused('skill-script-unknown', `Skill ${skill.name} has no script to run.`, {
      action: 'Name one of its scripts.',
    });
  }
  if (
    isAbsolute(script) ||
    normalize(script) !== script ||
    script.startsWith('..') ||
    !existsSync(join(skill.directory, script))
  ) {
    throw refused('skill-script-unknown', `Skill ${skill.name} has no script ${JSON.stringify(script)}.`, {
      action: 'Give a path inside the skill, such as scripts/run.mjs.',
    });
  }
  return script;
}

/** The host's path of the repository stays outside: the script is told where it is shown. */
function showRepository(
  input: RunSkillScriptArguments['input'],
  repositories: Repositories,
): { readonly input: RunSkillScriptArguments['input']; readonly mounts: readonly SandboxMount[] } {
  const repository = input['repository'];
  if (typeof repository !== 'string' || repository === repositoryInsidePath) return { input, mounts: [] };
  return {
    input: { ...input, repository: repositoryInsidePath },
    mounts: [{ hostPath: repositories.resolve(repository), insidePath: repositoryInsidePath }],
  };
}

async function prepareWorkspace(workspace: string, input: Json): Promise<void> {
  for (const name of [inputName, outputName]) await rm(join(workspace, name), { recursive: true, force: true });
  await mkdir(join(workspace, outputName));
  // 'wx' never follows a link somebody left under that name.
  await writeFile(join(workspace, inputName), JSON.stringify(input), { flag: 'wx' });
}

async function readResult(workspace: string, what: string): Promise<Json> {
  const text = await withFile(workspace, `${outputName}/${resultName}`, async (file) => {
    const { size } = await file.stat();
    if (size > resultBytesMax) {
      throw refused('skill-result-invalid', `${what} wrote a ${resultName} of ${size} bytes.`, {
        action: `Report at most ${resultBytesMax} bytes, and write the rest to files of their own.`,
      });
    }
    return file.readFile('utf8');
  });
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw refused('skill-result-invalid', `${what} wrote a ${resultName} that is not JSON.`, {
      action: 'Write it with a JSON library, once, at the end.',
      cause: error,
    });
  }
}

async function collectOutcome(workspace: string, what: string): Promise<ToolOutcome> {
  const { files } = await listOutputFiles(join(workspace, outputName));
  if (!files.some((file) => file.name === resultName)) {
    throw refused('skill-result-missing', `${what} ended well and wrote no ${resultName}.`, {
      action: `Write the result as JSON to ${resultName} in the folder CHORALE_OUTPUT names.`,
    });
  }
  return {
    output: await readResult(workspace, what),
    artifacts: files
      .filter((file) => file.name !== resultName)
      .map((file) => ({ name: file.name, mediaType: mediaTypeOf(file.name), content: { path: file.path } })),
  };
}
