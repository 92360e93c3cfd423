// A small checkout in the temporary folder, under this project's own settings, to plant violations in.
//
// Settings (compiler, linter, dead code, package.json of every package) are the real files; the sources are one line
// per package, so that what the tools find is what was planted, whatever state the real sources are in.

import { execFile } from 'node:child_process';
import { cp, glob, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CheckStep } from '../../tools/check-steps.ts';

const root = dirname(dirname(import.meta.dirname));
const settings = ['package.json', 'tsconfig*.json', '.oxlintrc.json', '.oxfmtrc.json', 'knip.json', '.gitignore'];
const layers = ['libs', 'modules', 'adapters', 'apps'];
const outputBytesMax = 64 * 1024 * 1024;

interface ToolRun {
  readonly exitCode: number;
  readonly output: string;
}

export interface PlantedCheckout {
  readonly folder: string;
  /** Writes files; the keys are paths inside the checkout. */
  plant(files: Readonly<Record<string, string>>): Promise<void>;
  /** Runs a step of `npm run check` inside the checkout, with further arguments. */
  run(step: CheckStep, ...args: readonly string[]): Promise<ToolRun>;
  close(): Promise<void>;
}

export async function openPlantedCheckout(): Promise<PlantedCheckout> {
  const folder = await mkdtemp(join(tmpdir(), 'chorale-house-'));
  const checkout: PlantedCheckout = {
    folder,
    plant: (files) => plant(folder, files),
    run: ({ command: [program, ...own] }, ...args) =>
      runProgram(join(root, 'node_modules', '.bin', program), [...own, ...args], folder),
    close: () => rm(folder, { recursive: true, force: true }),
  };
  for await (const path of glob([...settings, ...layers.map((layer) => `${layer}/*/{package,tsconfig}.json`)], {
    cwd: root,
  })) {
    await cp(join(root, path), join(folder, path));
  }
  await linkNodeModules(folder);
  // The tools leave out what git ignores, which they only do inside a repository.
  await runProgram('git', ['init', '--quiet'], folder);
  for await (const path of glob(
    layers.map((layer) => `${layer}/*/package.json`),
    { cwd: folder },
  )) {
    await checkout.plant({ [join(dirname(path), 'src', 'index.ts')]: 'export const here = 1;\n' });
  }
  return checkout;
}

/** The installed packages are shared; the workspace's own names lead to the planted sources. */
async function linkNodeModules(folder: string): Promise<void> {
  const installed = join(root, 'node_modules');
  await mkdir(join(folder, 'node_modules', '@chorale'), { recursive: true });
  for (const name of await readdir(installed)) {
    if (name === '@chorale' || name === '.package-lock.json') continue;
    await symlink(join(installed, name), join(folder, 'node_modules', name));
  }
  for (const layer of layers) {
    for (const name of await readdir(join(folder, layer))) {
      const link = join(folder, 'node_modules', '@chorale', `${layer.slice(0, -1)}-${name}`);
      await symlink(join(folder, layer, name), link);
    }
  }
}

async function plant(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

function runProgram(program: string, args: readonly string[], folder: string): Promise<ToolRun> {
  // The pinned Node comes first: tools are scripts that begin with `env node`.
  const path = `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`;
  const options = { cwd: folder, env: { ...process.env, PATH: path }, maxBuffer: outputBytesMax };
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve({ exitCode: 0, output: stdout + stderr });
      if (typeof error.code !== 'number') return reject(error);
      resolve({ exitCode: error.code, output: stdout + stderr });
    });
  });
}
