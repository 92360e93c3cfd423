// npm run sbom [-- --out FILE] [-- --all]: what the product is made of, as CycloneDX 1.6, from package-lock.json and nothing else.
// Without --all only what runs, not what builds and tests it. The same lock file gives the same bytes.
//
// Not `npm sbom --omit=dev`: it leaves out what is needed by a package and by the tests (zod, undici), found by the test of this.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../process/root.ts';

const { values } = parseArgs({ options: { out: { type: 'string' }, all: { type: 'boolean' } } });
const text = `${JSON.stringify(describeParts(values.all === true), undefined, 1)}\n`;
if (values.out === undefined) process.stdout.write(text);
else writeFileSync(values.out, text);

interface Locked {
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function describeParts(all: boolean) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const kept = Object.entries(packages).filter(
    ([path, { link, dev }]) => path !== '' && link !== true && (all || dev !== true),
  );
  const refs = new Map(kept.map(([path, one]) => [path, refOf(path, one)]));
  const components = kept.map(([path, one]) => componentOf(path, one));
  const dependencies = kept.map(([path, { dependencies: needs, optionalDependencies }]) => {
    const found = Object.keys({ ...needs, ...optionalDependencies }).map((name) => resolve(packages, path, name));
    const dependsOn = found.flatMap((place) => (place === undefined ? [] : (refs.get(place) ?? [])));
    return { ref: refOf(path, packages[path] ?? {}), dependsOn: [...new Set(dependsOn)].toSorted() };
  });
  const { version = '', license = '' } = packages[''] ?? {};
  const product = {
    type: 'application',
    'bom-ref': `pkg:npm/chorale@${version}`,
    name: 'chorale',
    version,
    licenses: licensesOf(license),
  };
  const unique = [...new Map(components.map((one) => [one['bom-ref'], one])).values()];
  const body = {
    metadata: { component: product },
    components: unique,
    dependencies: [...new Map(dependencies.map((one) => [one.ref, one])).values()],
  };
  // Of the content, so that two runs are the same.
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  const serial = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  return { bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: `urn:uuid:${serial}`, version: 1, ...body };
}

function componentOf(path: string, one: Locked) {
  const { version = '', resolved, integrity, license, optional } = one;
  const [algorithm, hash] = integrity?.split('-') ?? [];
  return {
    type: 'library',
    'bom-ref': refOf(path, one),
    name: nameOf(path, one),
    version,
    scope: optional === true ? 'optional' : 'required',
    ...(algorithm === 'sha512' && hash !== undefined
      ? { hashes: [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }] }
      : {}),
    ...(license === undefined ? {} : { licenses: licensesOf(license) }),
    purl: refOf(path, one),
    ...(resolved === undefined ? {} : { externalReferences: [{ type: 'distribution', url: resolved }] }),
  };
}

function nameOf(path: string, { name }: Locked): string {
  return name ?? path.split('node_modules/').at(-1) ?? path;
}

function refOf(path: string, one: Locked): string {
  return `pkg:npm/${nameOf(path, one).replace('@', '%40')}@${one.version ?? ''}`;
}

function licensesOf(license: string): readonly object[] {
  return /[ (]/.test(license) ? [{ expression: license }] : [{ license: { id: license } }];
}

/** As Node looks for it: beside the package that asks, then in each folder above. */
function resolve(packages: Readonly<Record<string, Locked>>, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const found = packages[place];
    if (found !== undefined) return found.link === true ? found.resolved : place;
    if (folder === '') return undefined;
  }
}
