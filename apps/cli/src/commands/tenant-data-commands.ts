// `chorale tenants export` and `erase`: all data of a tenant, taken along or erased.
import { createHash } from 'node:crypto';
import { mkdir, open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { refuseExisting } from '../refuse-existing.ts';
import type { CommonOptions, Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';

export function addTenantDataCommands(cli: Cli, tenants: Command): void {
  const exporting = cli.add(tenants, 'export <tenant> <folder>', 'write all data of a tenant into a new folder');
  cli.run<[string, string], CommonOptions>(exporting, async (session, { args: [tenantId, folder] }) => {
    await refuseExisting(folder, () => mkdir(folder, { mode: 0o700 }));
    const { body } = await session.client.exportTenant(tenantId);
    const written = await writeExport(Readable.fromWeb(body as ReadableStream<Uint8Array>), folder);
    if (session.json) session.printJson(written);
    else if (written.whole)
      session.print(`${folder}: ${written.lines} lines in ${written.files} files, as the manifest says\n`);
    else session.terminal.error(`${folder} is NOT whole: what came does not fit its manifest\n`);
    return written.whole ? exitCodes.ok : exitCodes.broken;
  });
  const erase = cli
    .add(tenants, 'erase <tenant>', 'show what erasing a tenant would take; with --confirm, erase it')
    .option('--confirm <word>', 'the word that was shown')
    .option('--dry-run', 'only show what would go, as without --confirm')
    .option('--receipt <file>', 'where to write the signed receipt; default: print it');
  cli.run<[string], EraseOptions>(erase, (session, { args: [tenantId], options }) =>
    eraseTenant(session, tenantId, options),
  );
}

interface EraseOptions extends CommonOptions {
  readonly confirm?: string;
  readonly dryRun?: boolean;
  readonly receipt?: string;
}

async function eraseTenant(session: Session, tenantId: string, options: EraseOptions): Promise<ExitCode> {
  const { client, json, print, printJson, printTable } = session;
  const { confirm, receipt, dryRun = false } = options;
  if (dryRun && confirm !== undefined) throw new UsageError('--dry-run erases nothing: leave out --confirm, or it');
  const result =
    confirm === undefined ? await client.previewTenantErasure(tenantId) : await client.eraseTenant(tenantId, confirm);
  const counts = Object.entries(result.counts);
  if (json) printJson(result);
  else
    printTable(
      counts,
      [
        { title: 'what', text: ([name]) => name },
        { title: 'how many', text: ([, count]) => String(count), align: 'right' },
      ],
      'nothing is kept of it',
    );
  if (result.dryRun) {
    if (!json)
      print(
        `\nNothing was erased. To erase it for good:\n  chorale tenants erase ${tenantId} --confirm ${result.confirm}\n`,
      );
    return exitCodes.ok;
  }
  if (receipt !== undefined) await refuseExisting(receipt, () => writeFile(receipt, result.note, { flag: 'wx' }));
  else if (!json) print(`\nErased. The receipt, signed by this installation:\n\n${result.note}`);
  return exitCodes.ok;
}

interface Written {
  readonly lines: number;
  readonly files: number;
  /** What came is what the manifest says. */
  readonly whole: boolean;
}

interface Line {
  readonly kind: 'begin' | 'row' | 'artifact' | 'manifest';
  readonly table?: string;
  readonly row?: object;
  readonly hash?: string;
  readonly bytes?: string;
  readonly end?: boolean;
  readonly sha256?: string;
}

/** A file for each table, the artifacts under their hashes, and the manifest. */
async function writeExport(input: Readable, folder: string): Promise<Written> {
  const sum = createHash('sha256');
  const files = new OpenFiles(folder);
  let lines = 0;
  let whole = false;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    const line = JSON.parse(text) as Line;
    lines += 1;
    if (line.kind === 'manifest') {
      whole = sum.digest('hex') === line.sha256 && files.isWhole;
      await writeFile(join(folder, 'manifest.json'), `${text}\n`, { mode: 0o600 });
      break;
    }
    sum.update(`${text}\n`);
    if (line.kind === 'row')
      await files.append(join('tables', `${line.table!}.jsonl`), `${JSON.stringify(line.row)}\n`);
    if (line.kind === 'artifact') await files.addArtifact(line);
  }
  await files.close();
  return { lines, files: files.count, whole };
}

class OpenFiles {
  readonly #folder: string;
  readonly #open = new Map<string, FileHandle>();
  #artifact = createHash('sha256');
  count = 0;
  isWhole = true;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async append(path: string, content: string | Uint8Array): Promise<void> {
    let file = this.#open.get(path);
    if (file === undefined) {
      await mkdir(join(this.#folder, path, '..'), { recursive: true, mode: 0o700 });
      file = await open(join(this.#folder, path), 'wx', 0o600);
      this.#open.set(path, file);
      this.count += 1;
    }
    await file.writeFile(content);
  }

  async addArtifact({ hash = '', bytes, end }: Line): Promise<void> {
    const path = join('artifacts', hash.replace(':', '-'));
    const chunk = Buffer.from(bytes ?? '', 'base64');
    this.#artifact.update(chunk);
    await this.append(path, chunk);
    if (end !== true) return;
    this.isWhole &&= `sha256:${this.#artifact.digest('hex')}` === hash;
    this.#artifact = createHash('sha256');
    await this.#open.get(path)?.close();
    this.#open.delete(path);
  }

  async close(): Promise<void> {
    for (const file of this.#open.values()) await file.close();
  }
}
