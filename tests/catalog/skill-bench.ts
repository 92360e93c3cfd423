// Runs a shipped skill the way a sandbox does: Node, an input file, an output folder, nothing else.

import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const catalogFolder = fileURLToPath(new URL('../../catalog', import.meta.url));
export const repositorySkills = [
  'inventory',
  'history',
  'dependencies',
  'secrets',
  'complexity',
  'duplication',
  'tests',
  'documentation',
  'licences',
] as const;

export interface Finding {
  readonly id: string;
  readonly rule: string;
  readonly severity: 'critical' | 'high' | 'medium' | 'low' | 'info';
  readonly title: string;
  readonly file?: string;
  readonly line?: number;
  readonly detail: string;
  readonly fix?: string;
  readonly confidence: 'high' | 'medium' | 'low';
}

export interface SkillResult {
  readonly skill: string;
  readonly summary: Readonly<Record<string, unknown>> & { readonly headline?: string };
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<string, number>>;
  readonly rules: Readonly<Record<string, { readonly title: string; readonly why: string; readonly fix: string }>>;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

/** A folder of its own, and the means to fill it and to run skills over it. */
export class SkillBench {
  readonly root: string;
  readonly repository: string;

  private constructor(root: string) {
    this.root = root;
    this.repository = join(root, 'repository');
  }

  static async open(): Promise<SkillBench> {
    const bench = new SkillBench(await mkdtemp(join(tmpdir(), 'skill-')));
    await mkdir(bench.repository);
    return bench;
  }

  close(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }

  async write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      const full = join(this.repository, path);
      await mkdir(dirname(full), { recursive: true });
      await writeFile(full, content);
    }
  }

  git(...args: readonly string[]): string {
    return this.#gitAt('2024-01-01', args);
  }

  /** Commits everything as it is. */
  async commit(message = 'Change', { author = 'Ada', date = '2024-01-01' } = {}): Promise<void> {
    if (!(await this.#isGit())) execFileSync('git', ['init', '-q', '-b', 'main', this.repository]);
    this.git('add', '-A', '-f');
    const by = `--author=${author} <${author}@example.org>`;
    this.#gitAt(date, ['commit', '-q', '--allow-empty', '-m', message, by, `--date=${date}T12:00:00Z`]);
  }

  async run(skill: string, input: Readonly<Record<string, unknown>> = {}): Promise<SkillResult> {
    const output = await this.runFor(skill, { repository: this.repository, ...input });
    return JSON.parse(await readFile(join(output, 'result.json'), 'utf8')) as SkillResult;
  }

  /** The folder with everything the skill wrote. Rejects when it fails. */
  async runFor(skill: string, input: Readonly<Record<string, unknown>>): Promise<string> {
    const folder = await mkdtemp(join(this.root, `${skill}-`));
    const output = join(folder, 'output');
    await writeFile(join(folder, 'input.json'), JSON.stringify(input));
    await promisify(execFile)(process.execPath, [scriptOf(skill)], {
      cwd: folder,
      env: { PATH: process.env['PATH'], CHORALE_INPUT: join(folder, 'input.json'), CHORALE_OUTPUT: output },
      maxBuffer: 16 * 1024 * 1024,
    });
    return output;
  }

  /** The committer's date is what the history skill reads; a fixed one keeps runs equal. */
  #gitAt(date: string, args: readonly string[]): string {
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false'];
    const env = { ...process.env, GIT_COMMITTER_DATE: `${date}T12:00:00Z`, GIT_CONFIG_GLOBAL: '/dev/null' };
    return execFileSync('git', [...identity, '-C', this.repository, ...args], { encoding: 'utf8', env });
  }

  async #isGit(): Promise<boolean> {
    return readFile(join(this.repository, '.git', 'HEAD')).then(
      () => true,
      () => false,
    );
  }
}

export function scriptOf(skill: string): string {
  return join(catalogFolder, 'skills', skill, 'scripts', `${skill}.mjs`);
}

export function rulesOf(result: SkillResult): readonly string[] {
  return result.findings.map((finding) => finding.rule);
}
