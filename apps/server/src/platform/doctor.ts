// What this machine has and lacks, each lack with the command that mends it.

import { existsSync } from 'node:fs';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxDriver } from '@chorale/module-agents';
import type { GoalStore } from '@chorale/module-goals';
import type { DoctorCheck } from '../api/index.ts';
import type { Bus } from '@chorale/module-messaging';
import type { Config } from '../config/config-schema.ts';
import type { ModelServices } from '../models/model-services.ts';

/** Below this the next report may not fit. */
const freeBytesMin = 512 * 1024 * 1024;
const nodeMajorMin = 24;

export interface DoctorSubject {
  readonly config: Config;
  readonly store: GoalStore;
  /** Why there is none, when there is none. */
  readonly sandbox: SandboxDriver | Error;
  readonly webRoot: string;
  readonly models: Pick<ModelServices, 'fleet' | 'lastProbe'>;
  readonly links: Links;
}

/** Services that make a cluster faster, and that it goes on without. */
export interface Links {
  readonly bus: Pick<Bus, 'isUp'>;
  readonly cache: { readonly isUp: boolean } | undefined;
}

export async function runDoctor(subject: DoctorSubject): Promise<readonly DoctorCheck[]> {
  return [
    checkNode(),
    ...[checkSandbox(subject.sandbox), await checkGit(subject)].map((check) => ofTasks(check, subject)),
    await checkStore(subject),
    ...checkLinks(subject),
    await checkDisk(subject),
    checkPage(subject),
    ...checkModels(subject),
  ];
}

/** A process that runs no tasks does its work without what only they need. */
function ofTasks(check: DoctorCheck, { config }: DoctorSubject): DoctorCheck {
  return { ...check, optional: check.optional || !config.roles.includes('worker') };
}

function checkLinks({ config, links }: DoctorSubject): readonly DoctorCheck[] {
  const checks: DoctorCheck[] = [];
  const add = (name: string, isUp: boolean, without: string): void => {
    checks.push({ name, ok: isUp, optional: true, found: isUp ? 'connected' : `away; ${without}` });
  };
  if (config.broker !== '') add('broker', links.bus.isUp, 'the database carries hints');
  if (config.cache !== '') add('cache', links.cache?.isUp === true, 'each process limits by itself');
  return checks;
}

function checkNode(): DoctorCheck {
  const ok = Number(process.versions.node.split('.')[0]) >= nodeMajorMin;
  return {
    name: 'node',
    ok,
    optional: false,
    found: `Node ${process.versions.node}`,
    ...(ok ? {} : { fix: 'npm start' }),
  };
}

function checkSandbox(sandbox: SandboxDriver | Error): DoctorCheck {
  if (sandbox instanceof Error)
    return {
      name: 'sandbox',
      ok: false,
      optional: false,
      found: sandbox.message,
      fix: 'sudo apt-get install -y bubblewrap',
    };
  const { isolated, cgroups, seccomp, enforcement, warnings } = sandbox.facts;
  const limits = Object.entries(enforcement).map(([name, by]) => `${name}: ${by}`);
  const found = [sandbox.name, seccomp ? 'seccomp' : 'no seccomp', `cgroups ${cgroups}`, ...limits, ...warnings].join(
    ', ',
  );
  return {
    name: 'sandbox',
    ok: isolated,
    optional: false,
    found,
    ...(isolated ? {} : { fix: 'sudo apt-get install -y bubblewrap' }),
  };
}

async function checkGit({ sandbox, config }: DoctorSubject): Promise<DoctorCheck> {
  const check = { name: 'git', optional: false };
  if (sandbox instanceof Error)
    return { ...check, ok: false, found: 'not looked for: there is no sandbox to run it in' };
  const workspace = await mkdtemp(join(config.dataDir, 'doctor-'));
  try {
    const result = await sandbox.run({ argv: ['git', '--version'], workspace, limits: { wallMs: 10_000 } });
    if (result.exitCode === 0) return { ...check, ok: true, found: result.stdout.trim() };
    const found = `git does not run in the sandbox: ${result.stderr.trim()}`;
    return { ...check, ok: false, found, fix: 'sudo apt-get install -y git' };
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function checkStore({ store, config }: DoctorSubject): Promise<DoctorCheck> {
  const found = config.database === '' ? `embedded, in ${config.dataDir}` : 'PostgreSQL';
  try {
    const { ready, running, oldestReadyMs } = await store.queueStats();
    return {
      name: 'database',
      ok: true,
      optional: false,
      found: `${found}; ${running} tasks running, ${ready} ready, the oldest for ${Math.round(oldestReadyMs / 1_000)} s`,
    };
  } catch (error) {
    return {
      name: 'database',
      ok: false,
      optional: false,
      found: `${found}; it does not answer: ${(error as Error).message}`,
    };
  }
}

async function checkDisk({ config }: DoctorSubject): Promise<DoctorCheck> {
  const { bavail, bsize } = await statfs(config.dataDir);
  const freeBytes = bavail * bsize;
  const ok = freeBytes >= freeBytesMin;
  const found = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free for ${config.dataDir}`;
  return {
    name: 'disk',
    ok,
    optional: false,
    found,
    ...(ok ? {} : { fix: 'free some space, or choose another place with --data-dir' }),
  };
}

function checkPage({ webRoot }: DoctorSubject): DoctorCheck {
  const ok = existsSync(join(webRoot, 'index.html'));
  return { name: 'page', ok, optional: true, found: ok ? webRoot : 'not built', ...(ok ? {} : { fix: 'npm start' }) };
}

const howToHaveModels =
  'set OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY or MISTRAL_API_KEY, or start Ollama, or name providers under ' +
  'models.providers in chorale.yaml; then: chorale models probe';

/** Without a model the workflows that need none still run. */
function checkModels({ models }: DoctorSubject): readonly DoctorCheck[] {
  const { deployments } = models.fleet();
  const { providers } = models.lastProbe();
  const silent = providers.flatMap(({ name, problem }): readonly DoctorCheck[] =>
    problem === undefined
      ? []
      : [{ name: `models of ${name}`, ok: false, optional: true, found: problem, fix: 'chorale models probe' }],
  );
  const count = deployments.length;
  if (count === 0)
    return [{ name: 'models', ok: false, optional: true, found: 'none', fix: howToHaveModels }, ...silent];
  const names = [...new Set(deployments.map(({ provider }) => provider))].join(', ');
  const unpriced = deployments.filter(({ prices }) => prices === undefined).length;
  const found = `${count} of ${names}${unpriced === 0 ? '' : `; ${unpriced} without a known price`}`;
  return [{ name: 'models', ok: true, optional: true, found }, ...silent];
}
