// Holds the size of the built page. Build it first: npm run build -w apps/web.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';

const dist = fileURLToPath(new URL('../../apps/web/dist/', import.meta.url));
const firstRouteMax = 300 * 1024;
const graphMax = 110 * 1024;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly css?: readonly string[];
}

let manifest: { readonly [source: string]: Chunk };

beforeAll(() => {
  const path = `${dist}.vite/manifest.json`;
  if (!existsSync(path)) throw new Error('the page is not built: run `npm run build -w apps/web`');
  manifest = JSON.parse(readFileSync(path, 'utf8')) as typeof manifest;
});

/** Scripts and styles that come with a chunk, without what it loads later. */
function filesOf(source: string, seen = new Set<string>()): ReadonlySet<string> {
  const chunk = manifest[source];
  if (chunk === undefined) throw new Error(`the build has no chunk ${source}`);
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const style of chunk.css ?? []) seen.add(style);
  for (const other of chunk.imports ?? []) filesOf(other, seen);
  return seen;
}

function sizeOf(files: Iterable<string>): number {
  return [...files].reduce((sum, file) => sum + gzipSync(readFileSync(`${dist}${file}`)).length, 0);
}

function report(what: string, bytes: number, max: number): void {
  console.log(`${what}: ${(bytes / 1024).toFixed(1)} KB compressed, at most ${max / 1024}`);
}

test('[W9] the first route is at most 300 KB compressed, its styles, document and typeface included', () => {
  const typeface = Object.values(manifest).find(({ file }) => /inter-latin-wght-normal/.test(file));
  if (typeface === undefined) throw new Error('the build has no typeface inter-latin-wght-normal');
  const bytes = sizeOf([...filesOf('index.html'), typeface.file, 'index.html', 'layers.css', 'theme.js']);
  report('first route', bytes, firstRouteMax);
  expect(bytes).toBeLessThanOrEqual(firstRouteMax);
});

test('[W9] the graph comes with the first plan and not before', () => {
  const first = filesOf('index.html');
  const graph = [...filesOf('src/goal/plan-graph.tsx')].filter((file) => !first.has(file));
  const bytes = sizeOf(graph);
  report('graph', bytes, graphMax);
  expect(graph.length).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(graphMax);
  expect(filesOf('src/goal/goal-page.tsx')).not.toContain(manifest['src/goal/plan-graph.tsx']?.file);
});
