// A server as people start it, on a folder of its own, and pages of a real browser that look at it.
//
// Owns:       the server process, its data, the browser.
// Invariants: every page is watched from its first document on: an error on its console, a script that threw and a
//             violation of its policy are kept, and `TestPage.close` fails for each of them.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChoraleClient, createClient, type Goal, type Json } from '@chorale/lib-client';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ServerProcess } from '../e2e/server-process.ts';

const browserArguments = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** A browser shares two processors with a server and other tests; what takes a second alone may take twenty. */
const waitMsMax = 30_000;
export const browserTestMs = 120_000;

export interface PageOptions {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  /** Served in place of the server's policy for documents. */
  readonly policy?: string;
  /** Under this name, and not by its address. */
  readonly named?: string;
  /** Nobody that the server knows. */
  readonly stranger?: boolean;
  /** What the page may say on its console, because the test made it happen. */
  readonly allowed?: RegExp;
}

export class TestSite {
  readonly folder: string;
  readonly client: ChoraleClient;
  readonly url: string;
  readonly #browser: Browser;
  readonly #listen: string;
  #server: ServerProcess;

  /** `config`: what stands in its configuration file; `agents`: files of agents of whoever starts it, by name. */
  static async open(config?: string, agents: { readonly [name: string]: string } = {}): Promise<TestSite> {
    const folder = await mkdtemp(join(tmpdir(), 'chorale-page-'));
    await mkdir(join(folder, 'cwd'));
    const agentFolder = join(folder, 'home', '.agents', 'agents');
    await mkdir(agentFolder, { recursive: true });
    for (const [name, text] of Object.entries(agents)) await writeFile(join(agentFolder, `${name}.md`), text);
    if (config !== undefined) await writeFile(join(folder, 'cwd', 'chorale.yaml'), config);
    const listen = `127.0.0.1:${await findFreePort()}`;
    const server = startServer(folder, listen);
    await server.waitFor(/serving on/);
    const browser = await chromium.launch({ executablePath: findChromium(), args: browserArguments });
    return new TestSite({ folder, listen, server, browser });
  }

  private constructor(parts: {
    readonly folder: string;
    readonly listen: string;
    readonly server: ServerProcess;
    readonly browser: Browser;
  }) {
    this.folder = parts.folder;
    this.url = `http://${parts.listen}`;
    this.client = createClient({ baseUrl: this.url, key: parts.server.key });
    this.#listen = parts.listen;
    this.#server = parts.server;
    this.#browser = parts.browser;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#server.signal('SIGTERM');
    await this.#server.waitForEnd();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Kills the server as a power cut would. */
  async kill(): Promise<void> {
    await this.#server.kill();
  }

  /** Starts it again on the same data and address. */
  async restart(): Promise<void> {
    this.#server = startServer(this.folder, this.#listen);
    await this.#server.waitFor(/serving on/);
  }

  async start(
    definition: string,
    over: { readonly title?: string; readonly inputs?: { readonly [name: string]: Json } } = {},
  ): Promise<Goal> {
    return (await this.client.submitGoal({ definition, ...over })).goal;
  }

  async openPage(path: string, options: PageOptions = {}): Promise<TestPage> {
    const { theme = 'light', width = 1280, height = 800 } = options;
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      // Its first page would be that of the log-in otherwise.
      ...(options.stranger === true ? {} : { extraHTTPHeaders: { authorization: `Bearer ${this.#server.key}` } }),
    });
    const page = await context.newPage();
    page.setDefaultTimeout(waitMsMax);
    const opened = new TestPage(page, options);
    await opened.watch();
    // Passkeys need a name, which an address is not.
    const url = options.named === undefined ? this.url : this.url.replace('127.0.0.1', options.named);
    await page.goto(`${url}${path}`);
    return opened;
  }
}

export class TestPage {
  readonly page: Page;
  readonly #options: PageOptions;
  readonly #faults: string[] = [];

  constructor(page: Page, options: PageOptions) {
    this.page = page;
    this.#options = options;
  }

  async watch(): Promise<void> {
    const { policy, allowed } = this.#options;
    this.page.on('pageerror', (error) => this.#faults.push(`threw: ${error.message}`));
    this.page.on('console', (message) => {
      if (message.type() === 'error' && allowed?.test(message.text()) !== true) this.#faults.push(message.text());
    });
    await this.page.exposeFunction('reportViolation', (text: string) => this.#faults.push(`policy: ${text}`));
    await this.page.addInitScript(
      `addEventListener('securitypolicyviolation', (event) => reportViolation(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile));`,
    );
    if (policy === undefined) return;
    await this.page.route(
      (url) => !url.pathname.startsWith('/v1'),
      async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } });
      },
    );
  }

  /** Closes the page and gives everything that went wrong on it. */
  async close(): Promise<readonly string[]> {
    await this.page.context().close();
    return this.#faults;
  }
}

function startServer(folder: string, listen: string): ServerProcess {
  const env = { HOME: join(folder, 'home') };
  return new ServerProcess({ dataDir: join(folder, 'data'), cwd: join(folder, 'cwd'), args: ['serve'], listen, env });
}

function findChromium(): string {
  const named = process.env['CHORALE_TEST_CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  if (existsSync('/usr/bin/chromium')) return '/usr/bin/chromium';
  throw new Error('tests of the page need Chromium: apt-get install chromium, or name one in CHORALE_TEST_CHROMIUM');
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}

/** What the focused control says; empty when nothing has the focus. */
export async function readFocus(page: Page): Promise<string> {
  return page.evaluate('(document.activeElement?.innerText || document.activeElement?.ariaLabel || "").trim()');
}

/** Asks until it is so; fails with what was wanted when that takes too long. */
export async function until(wanted: string, ask: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + waitMsMax;
  while (!(await ask())) {
    if (Date.now() > deadline) throw new Error(`it never came to this: ${wanted}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
