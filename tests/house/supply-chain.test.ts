// S7: what the product is made of is known, and building it twice, elsewhere, gives the same bytes.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openPlantedCheckout } from './planted-checkout.ts';
import { root } from './tree.ts';

const run = promisify(execFile);
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const timeout = 300_000;

describe('the bill of materials', () => {
  interface Component {
    readonly 'bom-ref': string;
    readonly purl: string;
    readonly licenses?: readonly unknown[];
  }

  interface Locked {
    readonly version?: string;
    readonly dev?: boolean;
    readonly link?: boolean;
    readonly optional?: boolean;
    readonly devOptional?: boolean;
  }

  test(
    'names every package that runs, in its version and with its licence, and is the same for the same lock file',
    { timeout },
    async () => {
      const make = () =>
        run(bin('node'), ['--conditions=chorale-source', join(root, 'tools', 'commands', 'sbom.ts')], {
          maxBuffer: 64 * 1024 * 1024,
        });
      const [{ stdout: first }, { stdout: second }] = [await make(), await make()];
      expect(first === second).toBe(true);
      const bom = JSON.parse(first) as {
        readonly bomFormat: string;
        readonly specVersion: string;
        readonly components: readonly Component[];
      };
      expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: expect.stringMatching(/^1\.\d$/) as string });
      const named = new Set(bom.components.map(({ purl }) => purl));
      const lock = await readFile(join(root, 'package-lock.json'), 'utf8');
      const { packages } = JSON.parse(lock) as { readonly packages: Readonly<Record<string, Locked>> };
      const runs = Object.entries(packages).filter(
        ([path, one]) =>
          path.includes('node_modules/') &&
          one.link !== true &&
          one.dev !== true &&
          one.devOptional !== true &&
          one.optional !== true,
      );
      const missing = runs
        .map(
          ([path, { version }]) =>
            `pkg:npm/${(path.split('node_modules/').at(-1) ?? '').replace('@', '%40')}@${version ?? ''}`,
        )
        .filter((purl) => !named.has(purl));
      expect(runs.length).toBeGreaterThan(50);
      expect(missing).toEqual([]);
      expect(
        bom.components.filter(({ licenses }) => (licenses ?? []).length === 0).map((one) => one['bom-ref']),
      ).toEqual([]);
    },
  );
});

describe('two builds', () => {
  test('of the page are the same, byte for byte', { timeout }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chorale-build-'));
    const hashes: string[][] = [];
    for (const name of ['one', 'another-folder']) {
      await run(bin('node'), [bin('vite'), 'build', '--outDir', join(folder, name), '--logLevel', 'error'], {
        cwd: join(root, 'apps', 'web'),
      });
      hashes.push(await hashesOf(join(folder, name), '**/*'));
    }
    await rm(folder, { recursive: true });
    expect(hashes[0]?.length).toBeGreaterThan(5);
    expect(hashes[1]).toEqual(hashes[0]);
  });

  test('of the server and the command are the same, byte for byte, wherever they are made', { timeout }, async () => {
    const [first, second] = [await openPlantedCheckout(), await openPlantedCheckout()];
    // The second is a copy of the first: somebody may be writing in this checkout meanwhile.
    await copySources(root, first.folder);
    await copySources(first.folder, second.folder);
    const hashes: string[][] = [];
    for (const checkout of [first, second]) {
      // Whether the types hold is told by `npm run check`; here only what comes out counts.
      await run(bin('tsc'), ['-b', 'apps/server', 'apps/cli'], { cwd: checkout.folder }).catch(() => undefined);
      hashes.push(await hashesOf(checkout.folder, '{libs,modules,adapters,apps}/*/dist/**/*.js'));
      await checkout.close();
    }
    expect(hashes[0]?.length).toBeGreaterThan(300);
    expect(hashes[1]).toEqual(hashes[0]);
  });
});

async function copySources(from: string, to: string): Promise<void> {
  const isSource = (path: string): boolean =>
    !/\/(?:node_modules|dist|\.tsbuild)(?:\/|$)/.test(path.slice(from.length));
  for (const layer of ['libs', 'modules', 'adapters', 'apps'])
    await cp(join(from, layer), join(to, layer), { recursive: true, filter: isSource });
}

async function hashesOf(folder: string, pattern: string): Promise<string[]> {
  const hashes: string[] = [];
  for await (const entry of glob(pattern, { cwd: folder, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    hashes.push(
      `${path.slice(folder.length)} ${createHash('sha256')
        .update(await readFile(path))
        .digest('hex')}`,
    );
  }
  return hashes.toSorted();
}
