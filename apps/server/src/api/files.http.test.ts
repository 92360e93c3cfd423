import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';

let at: TestApi;
let webRoot: string;
beforeAll(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'chorale-page-'));
  at = await startTestApi({ webRoot });
});
afterAll(async () => {
  await at.close();
  await rm(webRoot, { recursive: true, force: true });
});

async function makeArtifact(name: string, mediaType: string, text: string) {
  const { goal } = await at.client.submitGoal({ workflow: 'two-steps', inputs: { topic: name } });
  const claimed = (await at.claim()).find(({ task }) => task.goalId === goal.goalId);
  if (claimed === undefined) throw new Error('nothing was ready');
  const stored = await at.putArtifact(text);
  await at.succeed(claimed, null, { artifacts: [{ ...stored, name, mediaType }] });
  const [artifact] = await at.client.listArtifacts(goal.goalId);
  if (artifact === undefined) throw new Error('no artifact was recorded');
  return { goal, artifact };
}

test('[API70] an artifact is listed with where it is, and its bytes come back as they went', async () => {
  const { artifact } = await makeArtifact('out/notes.txt', 'text/plain', 'grüße\u0000');
  expect(artifact).toMatchObject({ name: 'out/notes.txt', mediaType: 'text/plain', sizeBytes: 8 });
  const answer = await at.client.openArtifact(artifact);
  expect(await answer.text()).toBe('grüße\u0000');
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(answer.headers.get('content-length')).toBe('8');
  expect(answer.headers.get('content-disposition')).toBe(`inline; filename="notes.txt"; filename*=UTF-8''notes.txt`);
  expect(answer.headers.get('cache-control')).toContain('immutable');
});

test('[API71] a report may style itself, and runs no script, opens nothing and has no origin', async () => {
  const { artifact } = await makeArtifact('report.html', 'text/html', '<script>fetch("/v1/goals")</script>');
  const policy = (await at.client.openArtifact(artifact)).headers.get('content-security-policy') ?? '';
  expect(policy.split('; ')).toEqual(
    expect.arrayContaining(['sandbox', "default-src 'none'", "frame-ancestors 'self'", "form-action 'none'"]),
  );
  expect(policy).not.toMatch(/script-src|allow-scripts|allow-same-origin|https?:/);
});

test('[API74] a link gives the bytes to whoever has it, as a download, until it ends, and nothing else', async () => {
  const { artifact } = await makeArtifact('out/grüße.txt', 'text/plain', 'linked');
  const other = (await makeArtifact('other.txt', 'text/plain', 'not linked')).artifact;
  const link = await at.client.linkArtifact(artifact, { seconds: 60 });
  expect(link).toMatchObject({ hash: artifact.hash, sizeBytes: 6, expiresAt: at.clock.now + 60_000 });
  const answer = await fetch(link.url);
  expect([answer.status, await answer.text()]).toEqual([200, 'linked']);
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; .*gr%C3%BC%C3%9Fe\.txt$/);
  expect(answer.headers.get('content-security-policy')).toContain('sandbox');
  // For another artifact, with another's token, as a key.
  expect((await fetch(link.url.replace(artifact.hash, other.hash))).status).toBe(404);
  expect((await fetch(`${link.url}x`)).status).toBe(404);
  const token = new URL(link.url).searchParams.get('token') ?? '';
  const asKey = await fetch(`${at.baseUrl}/v1/goals`, { headers: { authorization: `Bearer ${token}` } });
  expect(asKey.status).toBe(401);
  const key = await at.services.identity.tokens.issue(
    { tenantId: 'default', subject: 'owner', scopes: ['artifact.read'] },
    { audience: 'chorale-api', lifeMs: 60_000 },
  );
  expect((await fetch(link.url.replace(token, key))).status).toBe(404);
  at.clock.now += 120_000;
  expect((await fetch(link.url)).status).toBe(404);
});

test('[API74] a token that anybody may ask for opens nothing, and nor does a link while its tenant is suspended', async () => {
  await at.client.createTenant({ tenantId: 'west', owner: 'wes' });
  const { artifact } = await makeArtifact('mine.txt', 'text/plain', 'mine');
  const { url } = await at.client.linkArtifact(artifact);
  const made = await fetch(`${at.baseUrl}/v1/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ audience: 'chorale-artifact-link' }),
  });
  const { token } = (await made.json()) as { token: string };
  const asked = new URL(url);
  asked.searchParams.set('token', token);
  const answer = await fetch(asked);
  expect([answer.status, await answer.json()]).toEqual([404, expect.objectContaining({ code: 'artifact-not-found' })]);
  const { hash } = await at.services.artifacts.put('west' as never, Readable.from([Buffer.from('of the west')]), {
    sizeBytesMax: 100,
  });
  const subject = JSON.stringify([hash, 'text/plain', 'attachment', 'wes']);
  const terms = { audience: 'chorale-artifact-link', lifeMs: 60_000 };
  const link = await at.services.identity.tokens.issue({ tenantId: 'west', subject, scopes: [] }, terms);
  const ofWest = `${at.baseUrl}/v1/artifacts/${hash}/file?token=${link}`;
  expect(await (await fetch(ofWest)).text()).toBe('of the west');
  await at.client.changeTenant('west', { state: 'suspended' });
  expect((await fetch(ofWest)).status).toBe(403);
});

test('[API74] only what the goal has made is linked, and for a quarter of an hour at most', async () => {
  const { artifact } = await makeArtifact('mine.txt', 'text/plain', 'mine');
  const elsewhere = await at.putArtifact('kept for something else');
  const refusal = (problem: Promise<unknown>) => problem.catch((error: { readonly problem?: object }) => error.problem);
  expect(await refusal(at.client.linkArtifact({ ...artifact, hash: elsewhere.hash }))).toMatchObject({
    code: 'artifact-not-found',
  });
  expect(await refusal(at.client.linkArtifact(artifact, { seconds: 901 }))).toMatchObject({ status: 400 });
});

test('[API71] what browsers might run is offered as a download', async () => {
  for (const mediaType of [
    'application/javascript',
    'application/xhtml+xml',
    'application/octet-stream',
    'text/xml',
    'x/y',
  ]) {
    const { artifact } = await makeArtifact(`file-${mediaType.replace('/', '-')}`, mediaType, mediaType);
    expect((await at.client.openArtifact(artifact)).headers.get('content-disposition'), mediaType).toMatch(
      /^attachment; /,
    );
  }
});

test('[API71] what is no media type is bytes', async () => {
  for (const mediaType of ['text/html, x', 'html', 'text/html;charset=x y', 'image/png;<script>']) {
    const { artifact } = await makeArtifact(`odd-${mediaType.length}`, mediaType, mediaType);
    const { headers } = await at.client.openArtifact(artifact);
    expect(headers.get('content-type'), mediaType).toBe('application/octet-stream');
    expect(headers.get('content-disposition'), mediaType).toMatch(/^attachment; /);
  }
});

test('[API72] names from anywhere cannot break out of the header', async () => {
  const { artifact } = await makeArtifact('a"\r\nx: y; ünï.html', 'text/html', 'x');
  const disposition = (await at.client.openArtifact(artifact)).headers.get('content-disposition') ?? '';
  expect(disposition).toBe(
    `inline; filename="a___x__y___n_.html"; filename*=UTF-8''a%22%0D%0Ax%3A%20y%3B%20%C3%BCn%C3%AF.html`,
  );
});

test('[API73] bytes can be asked for by hash alone, once, and not under another goal', async () => {
  const { artifact, goal } = await makeArtifact('data.json', 'application/json', '{}');
  const alone = await fetch(`${at.baseUrl}/v1/artifacts/${artifact.hash}`);
  expect(alone.headers.get('content-type')).toBe('application/octet-stream');
  expect(await alone.text()).toBe('{}');
  const known = await fetch(`${at.baseUrl}${artifact.href}`, {
    headers: { 'if-none-match': alone.headers.get('etag') ?? '' },
  });
  expect(known.status).toBe(304);
  expect((await fetch(`${at.baseUrl}/v1/artifacts/${artifact.hash}?goal=goal_other`)).status).toBe(404);
  expect((await fetch(`${at.baseUrl}/v1/artifacts/sha256:${'0'.repeat(64)}`)).status).toBe(404);
  expect((await fetch(`${at.baseUrl}/v1/artifacts/..%2F..%2Fetc%2Fpasswd`)).status).toBe(400);
  const head = await fetch(`${at.baseUrl}${artifact.href}`, { method: 'HEAD' });
  expect({ status: head.status, length: head.headers.get('content-length'), text: await head.text() }).toEqual({
    status: 200,
    length: '2',
    text: '',
  });
  expect(goal.goalId).toBe(artifact.goalId);
});

test('[API80] before the page is built, its addresses say how to build it', async () => {
  const answer = await fetch(`${at.baseUrl}/`);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ code: 'page-not-built', action: expect.stringContaining('npm run') });
});

test('[API81] the page is served at every address of its own, its files as they are, and nothing else', async () => {
  await mkdir(join(webRoot, 'assets'));
  await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>Chorale</title>');
  await writeFile(join(webRoot, 'assets', 'main-abc.js'), 'export {};');
  for (const path of ['/', '/goals', '/goals/goal_1?tab=events']) {
    const answer = await fetch(`${at.baseUrl}${path}`);
    expect(await answer.text(), path).toContain('<title>Chorale</title>');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  }
  const script = await fetch(`${at.baseUrl}/assets/main-abc.js`);
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(script.headers.get('cache-control')).toContain('immutable');
  for (const path of [
    '/assets/gone.js',
    '/..%2f..%2fetc%2fpasswd.txt',
    '/assets/..%2findex.html',
    '/v1',
    '/v1/',
    '/v1/index.html',
  ]) {
    expect((await fetch(`${at.baseUrl}${path}`)).status, path).toBe(404);
  }
});

test('[API82] the page runs no script that is not one of its files', async () => {
  const policy = (await fetch(`${at.baseUrl}/`)).headers.get('content-security-policy') ?? '';
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).not.toMatch(/unsafe|https?:|\*|(?:script|style|connect)-src[^;]*(?:data:|blob:)/);
});

test('[API81] a page that is built anew is noticed', async () => {
  await writeFile(join(webRoot, 'assets', 'late-def.js'), 'export {};');
  await new Promise((resolve) => setTimeout(resolve, 20));
  await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>Newer</title>');
  expect(await (await fetch(`${at.baseUrl}/`)).text()).toContain('Newer');
  expect((await fetch(`${at.baseUrl}/assets/late-def.js`)).status).toBe(200);
});
