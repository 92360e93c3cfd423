import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SkillBench, type SkillResult } from './skill-bench.ts';

let bench: SkillBench;
beforeEach(async () => {
  bench = await SkillBench.open();
});
afterEach(() => bench.close());

/** Put together here so that no scanner takes this file for a leak. */
const join = (...parts: readonly string[]): string => parts.join('');
const githubBody = 'aB7cD8eF9gH0jK1mN2pQ3rS4tU5vW6';
/** The checksum was computed with zlib's crc32 outside this project. */
const githubToken = join('ghp', '_', githubBody, '2M5jQM');
const randomText = 'Zk3vX9qM2Lz8Tc5Wd7Nb4Yp6Hj1Fs0RgUaEoIvBtCxWyQmKn';

async function scan(files: Readonly<Record<string, string>>): Promise<SkillResult> {
  await bench.write(files);
  return bench.run('secrets');
}

const samples: readonly (readonly [rule: string, value: string])[] = [
  ['github-token', githubToken],
  [
    'github-fine-grained-token',
    join('github', '_pat_', randomText.slice(0, 22), '_', `${randomText}${randomText}`.slice(0, 59)),
  ],
  ['gitlab-token', join('glp', 'at-', randomText.slice(0, 20))],
  ['slack-token', join('xo', 'xb-', '482910573826-593827104657-', randomText.slice(0, 24))],
  ['slack-webhook', join('https://hooks.sl', 'ack.com/services/T0AB12CD3/B0AB12CD3/', randomText.slice(0, 24))],
  ['stripe-key', join('sk_', 'live_', randomText.slice(0, 24))],
  ['google-api-key', join('AI', 'za', randomText.slice(0, 35))],
  ['google-oauth-secret', join('GOC', 'SPX-', randomText.slice(0, 28))],
  ['npm-token', join('npm', '_', githubBody, '2M5jQM')],
  ['pypi-token', join('py', 'pi-AgE', `${randomText}${randomText}`.slice(0, 80))],
  ['sendgrid-key', join('S', 'G.', randomText.slice(0, 22), '.', randomText.slice(0, 43))],
  ['openai-key', join('sk-', 'proj-', randomText.slice(0, 30), 'T3Blbk', 'FJ', randomText.slice(0, 30))],
  ['anthropic-key', join('sk-', 'ant-api03-', `${randomText}${randomText}`.slice(0, 90))],
  ['huggingface-token', join('hf', '_', 'aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH')],
  ['digitalocean-token', join('do', 'p_v1_', '0123456789abcdef'.repeat(4).replaceAll('0123', '9f3a'))],
  ['shopify-token', join('shp', 'at_', '9f3a4567890bcdef12345678a0c1d2e3')],
  ['databricks-token', join('da', 'pi', '9f3a4567890bcdef12345678a0c1d2e3')],
  ['grafana-token', join('gl', 'sa_', '18jsK51ALMvwoM7wnaevzGKSLp6UOsTm', '_07394f66')],
  ['azure-storage-key', join('Account', 'Key=', `${randomText}${randomText}`.slice(0, 86), '==')],
  ['telegram-token', join('123456789', ':AA', randomText.slice(0, 33))],
  ['terraform-token', join(randomText.slice(0, 14), '.atlas', 'v1.', `${randomText}${randomText}`.slice(0, 65))],
  ['linear-key', join('lin', '_api_', randomText.slice(0, 40))],
  ['postman-key', join('PM', 'AK-', '9f3a4567890bcdef12345678', '-', '9f3a4567890bcdef12345678a0c1d2e3ab')],
  ['tailscale-key', join('ts', 'key-auth-', randomText.slice(0, 12), '-', randomText.slice(0, 30))],
  ['docker-token', join('dckr', '_pat_', randomText.slice(0, 27))],
  ['rubygems-key', join('ruby', 'gems_', '9f3a4567890bcdef12345678a0c1d2e39f3a4567890bcdef')],
  [
    'json-web-token',
    join('eyJ', 'hbGciOiJIUzI1NiJ9', '.eyJ', 'zdWIiOiIxMjM0NTY3ODkwIn0', '.', randomText.slice(0, 43)),
  ],
];

describe('credentials with a form of their own', () => {
  test.each(samples)('%s is found and its value is nowhere in the result', async (rule, value) => {
    const result = await scan({ 'src/settings.ts': `// one\nexport const a = '${value}';\n` });
    expect(result.findings).toMatchObject([{ rule, file: 'src/settings.ts', line: 2 }]);
    expect(result.findings[0]?.severity).toMatch(/critical|high|medium/);
    const secretPart = value.replace(/^https:\/\/[^/]+\//, '').slice(6, 26);
    expect(JSON.stringify(result)).not.toContain(secretPart);
  });

  test('a private key is known by its structure, one that only looks like it is ranked low', async () => {
    const body = Buffer.from([
      0x30,
      0x82,
      ...Array.from({ length: 400 }, (_, index) => (index * 73 + 11) % 256),
    ]).toString('base64');
    const lines = (text: string) => text.replaceAll(/(.{64})/g, '$1\n');
    const pem = (content: string) =>
      `${join('-----BEGIN RSA ', 'PRIVATE KEY-----')}\n${lines(content)}\n${join('-----END RSA ', 'PRIVATE KEY-----')}\n`;
    const result = await scan({
      'deploy/key.pem': pem(body),
      'src/parser.py': `HEADER = """${pem('not base64 at all, but words')}"""\n`,
    });
    expect(result.findings.map(({ file, severity, confidence }) => [file, severity, confidence])).toEqual([
      ['deploy/key.pem', 'critical', 'high'],
      ['src/parser.py', 'low', 'low'],
    ]);
  });

  test('a right checksum is certain even in a test, a wrong one is probably an example', async () => {
    const wrong = `${githubToken.slice(0, -1)}X`;
    const result = await scan({
      'test/a.test.ts': `const a = '${githubToken}';\n`,
      'src/b.ts': `const b = '${wrong}';\n`,
    });
    expect(result.findings.map(({ file, severity, confidence }) => [file, severity, confidence])).toEqual([
      ['test/a.test.ts', 'critical', 'high'],
      ['src/b.ts', 'low', 'low'],
    ]);
  });

  test('many examples among tests are one line, not a page', async () => {
    const auth = Buffer.from('user:some-password').toString('base64');
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [
        `tests/data/${index}.txt`,
        `Authorization: ${join('Ba', 'sic')} ${auth}\n`,
      ]),
    );
    const result = await scan(files);
    expect(result.findings).toHaveLength(1);
    expect(result.findings[0]).toMatchObject({ rule: 'basic-authorization', severity: 'info', confidence: 'low' });
    expect(result.findings[0]?.detail).toMatch(/^30 places: /);
  });
});

describe('passwords and keys that are assigned', () => {
  test.each([
    ['src/a.ts', `const password = '${join('hunter2', '-Xk!')}';`],
    ['config/app.yml', `db_password: ${join('s3cr3t', '-Pa55!')}`],
    ['.env', `API_SECRET=${join('Zk3vX9qM2Lz8', 'Tc5Wd7Nb')}`],
    ['src/b.py', `CLIENT_SECRET = "${join('Zk3vX9qM2Lz8', 'Tc5Wd7Nb')}"`],
    ['src/c.go', `dsn := "postgres://svc:${join('Zx81', 'kkPq')}@db.prod.acme.io:5432/app"`],
  ])('in %s a literal is found: %s', async (file, line) => {
    const result = await scan({ [file]: `${line}\n` });
    expect(result.findings).toHaveLength(1);
    expect(result.findings[0]).toMatchObject({ file, line: 1 });
  });

  test.each([
    ['a.ts', 'const password = process.env.PASSWORD;'],
    ['b.ts', "const password = 'password';"],
    ['c.ts', "const tokenType = 'Bearer-Zk3vX9qM2Lz8Tc5Wd7Nb';"],
    ['d.ts', "const apiKey = 'your-api-key-goes-here-1234';"],
    ['e.py', 'password = getpass.getpass("Password: ")'],
    ['f.yml', 'password: ${DB_PASSWORD}'],
    ['g.ts', "const csrfTokenHeader = 'X-Csrf-Token-2Header-Name';"],
    ['h.go', 'dsn := "postgres://postgres:postgres@localhost:5432/app"'],
    ['i.ts', "const secretName = 'prod/database/credentials-v2';"],
    ['j.ts', "const partitionKey = 'a1b2c3d4e5f6a7b8c9d0e1f2';"],
    ['k.ts', "const token = '01234567-89ab-4cde-8f01-23456789abcd';"],
    ['l.lua', "passwordPattern = '^[A-Za-z0-9!@#]{8,}$'"],
  ])('in %s nothing is found: %s', async (file, line) => {
    expect((await scan({ [`src/${file}`]: `${line}\n` })).findings).toEqual([]);
  });
});

describe('what is allowed', () => {
  test('by a path, by a kind, by an id and by a mark on the line is counted and not reported', async () => {
    const first = await scan({ 'src/a.ts': `const a = '${githubToken}';\n` });
    const id = first.findings[0]?.id ?? '';
    const allowed = async (entry: string, files: Readonly<Record<string, string>> = {}) => {
      const result = await scan({ '.secrets-allowlist': `# known\n${entry}\n`, ...files });
      return [result.findings.length, result.notes.some((note) => note.includes('1 finding allowed'))];
    };
    expect(await allowed('docs/**')).toEqual([1, false]);
    expect(await allowed('src/*.ts')).toEqual([0, true]);
    expect(await allowed('src/a.ts npm-token')).toEqual([1, false]);
    expect(await allowed('src/a.ts github-token')).toEqual([0, true]);
    expect(await allowed(id)).toEqual([0, true]);
    expect(await allowed('', { 'src/a.ts': `const a = '${githubToken}'; // secrets:allow\n` })).toEqual([0, true]);
  });

  test('the id of a finding stays when lines above it are added', async () => {
    const before = await scan({ 'src/a.ts': `const a = '${githubToken}';\n` });
    const after = await scan({ 'src/a.ts': `\n\n\nconst a = '${githubToken}';\n` });
    expect(after.findings.map((finding) => finding.id)).toEqual(before.findings.map((finding) => finding.id));
    expect(after.findings[0]?.line).toBe(4);
  });
});

test('files made to hold keys are named, empty ones and those in tests are not held against the project', async () => {
  const result = await scan({
    'deploy/id_rsa': 'x\n',
    'infra/terraform.tfstate': '{}\n',
    'tests/store.jks': 'x\n',
    id_ed25519: '',
  });
  expect(result.findings.map(({ file, severity }) => [file, severity])).toEqual([
    ['deploy/id_rsa', 'critical'],
    ['infra/terraform.tfstate', 'high'],
    ['tests/store.jks', 'info'],
  ]);
});
