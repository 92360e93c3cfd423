// Checks workflow files and skill folders here, without a server: as part of a build, there is none.
import { readdir } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { FileProblem, Validation } from '@chorale/lib-client';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { askServerProgram } from './server-program.ts';
import type { Session } from './session.ts';
import { oneLine } from './text-width.ts';

const program = 'api/validate-main';

export async function validateFile({ readText }: Session, path: string): Promise<Validation> {
  const text = await readText(path);
  return askServerProgram<Validation>(program, [], JSON.stringify({ kind: 'workflow', path, text }));
}

/** More files than these are no skill. */
const filesMax = 10_000;

export async function validateSkillFolder({ readText }: Session, folder: string): Promise<Validation> {
  const path = resolve(folder, 'SKILL.md');
  const text = await readText(path);
  const entries = await readdir(resolve(folder), { recursive: true, withFileTypes: true });
  const prefix = resolve(folder).length + 1;
  const files = entries
    .filter((entry) => entry.isFile())
    .slice(0, filesMax)
    .map((entry) => join(entry.parentPath, entry.name).slice(prefix).split(sep).join('/'));
  const source = { kind: 'skill', path: path.split(sep).join('/'), text, files: files.toSorted() };
  return askServerProgram<Validation>(program, [], JSON.stringify(source));
}

/** In the form editors and terminals can follow: `path:line:column: severity code: message`. */
export function printValidation(session: Session, { valid, problems }: Validation): ExitCode {
  if (session.json) session.printJson({ valid, problems });
  else {
    for (const problem of problems) session.print(`${formatProblem(session, problem)}\n`);
    session.terminal.error(`${say(problems)}\n`);
  }
  return valid ? exitCodes.ok : exitCodes.goalFailed;
}

function formatProblem({ paint }: Session, { path, line, column, severity, code, message }: FileProblem): string {
  const mark = paint(severity === 'error' ? 'red' : 'yellow', severity);
  return `${path}:${line}:${column}: ${mark} ${code}: ${oneLine(message)}`;
}

function say(problems: readonly FileProblem[]): string {
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  if (problems.length === 0) return 'no mistakes';
  return `${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
}
