// What this machine has and lacks, and the command that mends it.
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ClientError, type ChoraleClient, type DoctorCheck } from '@chorale/lib-client';
import { formatSize } from './format.ts';

const run = promisify(execFile);
const programTimeoutMs = 5000;
const nodeMajorMin = 24;
const freeBytesMin = 1024 ** 3;

export interface MachineOptions {
  readonly client: ChoraleClient;
  readonly dataDir: string;
  readonly server: string;
}

export async function checkMachine(options: MachineOptions): Promise<readonly DoctorCheck[]> {
  const local = await Promise.all([
    checkNode(),
    checkSandbox(),
    checkProgram('git', { purpose: 'checks out repositories by URL', fix: 'apt-get install -y git' }),
    checkDatabase(),
    checkFolder(options.dataDir),
    checkSpace(options.dataDir),
  ]);
  return [...local, ...(await checkServer(options))];
}

async function checkNode(): Promise<DoctorCheck> {
  const ok = Number(process.versions.node.split('.')[0]) >= nodeMajorMin;
  const found = `${process.version} at ${process.execPath}`;
  return {
    name: 'node',
    ok,
    optional: false,
    found,
    ...(ok ? {} : { fix: 'npm install   # brings Node 24 into the project' }),
  };
}

/** Not only that it is there: user namespaces may be switched off, and then it starts nothing. */
async function checkSandbox(): Promise<DoctorCheck> {
  const name = 'bubblewrap';
  const install = 'apt-get install -y bubblewrap   # or: dnf install bubblewrap';
  const version = await tryProgram('bwrap', ['--version']);
  if (version.failure !== undefined) return { name, ok: false, optional: false, found: version.failure, fix: install };
  const trial = await tryProgram('bwrap', ['--ro-bind', '/', '/', '--unshare-all', '--die-with-parent', 'true']);
  if (trial.failure === undefined) return { name, ok: true, optional: false, found: version.printed };
  return {
    name,
    ok: false,
    optional: false,
    found: `${version.printed}, but it cannot start anything: ${trial.failure}`,
    fix: 'sysctl -w kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0',
  };
}

async function checkProgram(
  name: string,
  { purpose, fix }: { readonly purpose: string; readonly fix: string },
): Promise<DoctorCheck> {
  const { printed, failure } = await tryProgram(name, ['--version']);
  if (failure === undefined) return { name, ok: true, optional: true, found: printed };
  return { name, ok: false, optional: true, found: `${failure}; it ${purpose}`, fix };
}

async function tryProgram(
  name: string,
  args: readonly string[],
): Promise<{ readonly printed: string; readonly failure?: string }> {
  try {
    const { stdout } = await run(name, args, { timeout: programTimeoutMs });
    return { printed: stdout.trim().split('\n')[0] ?? '' };
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n')[0] : '';
    return { printed: '', failure: missing ? 'not found' : said === '' ? String(error) : (said ?? '') };
  }
}

async function checkDatabase(): Promise<DoctorCheck> {
  const name = 'embedded database';
  try {
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(':memory:');
    const row = database.prepare('select sqlite_version() as version').get();
    database.close();
    return { name, ok: true, optional: false, found: `SQLite ${String(row?.['version'])}` };
  } catch (error) {
    return {
      name,
      ok: false,
      optional: false,
      found: String(error),
      fix: 'npm install   # brings Node 24, which has SQLite built in',
    };
  }
}

/** A folder that is not there yet is fine when the one above it can be written to. */
async function checkFolder(dataDir: string): Promise<DoctorCheck> {
  const name = 'data directory';
  const folder = await nearestFolder(dataDir);
  const made = folder === resolve(dataDir) ? '' : ' (made at the first start)';
  const probe = join(folder, `.chorale-doctor-${process.pid}`);
  try {
    await mkdir(probe);
    await writeFile(join(probe, 'probe'), 'probe');
    await rm(probe, { recursive: true });
    return { name, ok: true, optional: false, found: `${dataDir}${made}` };
  } catch (error) {
    await rm(probe, { recursive: true, force: true }).catch(() => undefined);
    const fix = `mkdir -p ${dataDir} && chown -R "$(id -un)" ${dataDir}   # or choose another with --data-dir`;
    return { name, ok: false, optional: false, found: error instanceof Error ? error.message : String(error), fix };
  }
}

async function checkSpace(dataDir: string): Promise<DoctorCheck> {
  const { bavail, bsize } = await statfs(await nearestFolder(dataDir));
  const free = bavail * bsize;
  const ok = free >= freeBytesMin;
  return {
    name: 'disk space',
    ok,
    optional: false,
    found: `${formatSize(free)} free`,
    ...(ok ? {} : { fix: `du -sh ${dataDir}/*   # keep at least ${formatSize(freeBytesMin)} free` }),
  };
}

async function nearestFolder(path: string): Promise<string> {
  let folder = resolve(path);
  for (;;) {
    const found = await access(folder, constants.F_OK).then(
      () => true,
      () => false,
    );
    if (found || dirname(folder) === folder) return folder;
    folder = dirname(folder);
  }
}

/** What the server finds on its own machine matters when that is another one. */
async function checkServer({ client, server }: MachineOptions): Promise<readonly DoctorCheck[]> {
  const name = 'server';
  try {
    const checks = await client.runDoctor();
    const isLocal = /\/\/(?:localhost|127\.|\[::1\])/.test(server);
    const there = checks.map((check) => ({ ...check, name: `${check.name} (server)` }));
    // Which models there are only the server knows, wherever it runs.
    const isNews = ({ name, ok }: DoctorCheck): boolean => !ok || !isLocal || name === 'models (server)';
    return [{ name, ok: true, optional: true, found: server }, ...there.filter(isNews)];
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const fix =
      error.status === 401 ? `chorale login --server ${server}   # or name a key with --key-file` : 'chorale serve';
    return [{ name, ok: false, optional: true, found: error.message, fix }];
  }
}
