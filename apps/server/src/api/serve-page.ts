// Delivers the built page: its files, and its first document for every address that is the page's own.
//
// Invariants: SP1 only what a listing of the folder found is served: an address is a key to look up, never a path to open.
//             SP2 the page runs no script but its own files, and talks to this server only.
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { refused } from '@chorale/lib-errors';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Pictures from `blob:` are what the page made itself. Without trusted types no text becomes markup by accident. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const pageHeaders = {
  'content-security-policy': pagePolicy,
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

const mediaTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  webmanifest: 'application/manifest+json',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  webp: 'image/webp',
  woff2: 'font/woff2',
  txt: 'text/plain; charset=utf-8',
  map: 'application/json; charset=utf-8',
};

interface PageFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly etag: string;
}

export class Page {
  readonly #root: string;
  #files: ReadonlyMap<string, PageFile> = new Map();
  #builtAt = -1;

  constructor(root: string) {
    this.#root = root;
  }

  /** False when the address is not the page's. Throws `page-not-built`. */
  async answer(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const path = request.url.split('?', 1)[0] ?? '/';
    if ((request.method !== 'GET' && request.method !== 'HEAD') || path.startsWith('/v1')) return false;
    await this.#refresh();
    const file = this.#files.get(path) ?? (isPageAddress(path) ? this.#files.get('/index.html') : undefined);
    if (file !== undefined) {
      send(request, reply, file);
      return true;
    }
    if (this.#files.size > 0 || !isPageAddress(path)) return false;
    throw refused('page-not-built', 'the page has not been built', {
      action: 'run `npm run build -w apps/web`, or use the `chorale` command',
    });
  }

  /** Lists the folder anew when the page was built since. */
  async #refresh(): Promise<void> {
    const index = await stat(join(this.#root, 'index.html')).catch(() => undefined);
    const builtAt = index?.mtimeMs ?? -1;
    if (builtAt === this.#builtAt) return;
    this.#files = index === undefined ? new Map() : await listFiles(this.#root);
    this.#builtAt = builtAt;
  }
}

async function listFiles(root: string): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { size, mtimeMs } = await stat(path);
    const etag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
    files.set(`/${relative(root, path).split(sep).join('/')}`, { path, sizeBytes: size, etag });
  }
  return files;
}

/** Addresses without a file ending belong to the page's own router. */
function isPageAddress(path: string): boolean {
  return !/\.\w+$/.test(path);
}

function send(request: FastifyRequest, reply: FastifyReply, file: PageFile): void {
  const ending = file.path.split('.').at(-1) ?? '';
  reply.headers({
    ...pageHeaders,
    'content-type': mediaTypes[ending] ?? 'application/octet-stream',
    etag: file.etag,
    // The builder puts a hash into the names under assets.
    'cache-control': file.path.includes(`${sep}assets${sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  if (request.headers['if-none-match'] === file.etag) void reply.code(304).send();
  else if (request.method === 'HEAD') void reply.header('content-length', file.sizeBytes).code(200).send();
  else void reply.code(200).header('content-length', file.sizeBytes).send(createReadStream(file.path));
}
