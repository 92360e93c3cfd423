import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChoraleError } from '@chorale/lib-errors';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configFileName, isAskedFromHere, loadConfig, readAddress, redactConfig } from './load-config.ts';
import { settings } from './settings.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'chorale-config-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const load = (
  options: {
    file?: string;
    env?: Record<string, string>;
    flags?: readonly string[];
    defaults?: readonly string[];
  } = {},
) => {
  if (options.file !== undefined) writeFileSync(join(cwd, configFileName), options.file);
  return loadConfig({ cwd, env: options.env ?? {}, flags: options.flags ?? [], defaults: options.defaults ?? [] });
};

function mistakesOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ChoraleError && error.code === 'config-invalid') return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('sources', () => {
  test('without any, everything has a default and the data directory is in the working directory', () => {
    const { values, file } = load();
    expect(values).toMatchObject({
      dataDir: join(cwd, '.chorale'),
      database: '',
      listen: '127.0.0.1:7717',
      insecure: false,
    });
    expect(file).toBeUndefined();
  });

  test('[CF1] a file overrides defaults, a variable the file, a flag the variable', () => {
    const file = 'worker:\n  slots: 3\n  labels: [gpu]\nlisten: 127.0.0.1:1000\n';
    const env = { CHORALE_LISTEN: '127.0.0.1:2000', CHORALE_WORKER_LABELS: 'a, b' };
    const { values } = load({ file, env, flags: ['--listen=127.0.0.1:3000'] });
    expect(values.listen).toBe('127.0.0.1:3000');
    expect(values.worker).toMatchObject({ slots: 3, labels: ['a', 'b'] });
  });

  test('what a command prefers holds only where no source says otherwise', () => {
    expect(load({ defaults: ['--log-level', 'warn'] }).values.log.level).toBe('warn');
    expect(load({ defaults: ['--log-level', 'warn'], env: { CHORALE_LOG_LEVEL: 'debug' } }).values.log.level).toBe(
      'debug',
    );
  });

  test('a file that is named must be there', () => {
    expect(mistakesOf(() => load({ flags: ['--config', 'other.yaml'] }))).toContain('other.yaml: cannot be read');
  });

  test('switches need no value, and take one', () => {
    expect(load({ flags: ['--insecure'] }).values.insecure).toBe(true);
    expect(load({ env: { CHORALE_INSECURE: 'true' }, flags: ['--insecure=false'] }).values.insecure).toBe(false);
  });

  test('every setting has a flag and a variable of its own, and says what it is for', () => {
    expect(new Set(settings.map((setting) => setting.flag)).size).toBe(settings.length);
    expect(settings.filter((setting) => setting.about === '')).toEqual([]);
    expect(settings.map((setting) => setting.variable)).toContain('CHORALE_LIMITS_CANCEL_GRACE_SECONDS');
  });
});

describe('mistakes', () => {
  test('[CF1] are all named at once, each with who made it', () => {
    const message = mistakesOf(() =>
      load({
        file: 'worker:\n  slots: many\n  slotz: 2\ndrainSeconds: -1\n',
        env: { CHORALE_WORKER_LABELS: 'ok,not ok' },
        flags: ['--lisen', '--log-level', 'loud'],
      }),
    );
    for (const part of [
      'worker.slots:',
      'there is no setting worker.slotz; did you mean worker.slots?',
      'drainSeconds:',
      'CHORALE_WORKER_LABELS.1:',
      'did you mean --listen?',
      '--log-level:',
    ]) {
      expect(message).toContain(part);
    }
  });

  test('[CF2] an address that others can reach is refused without TLS, a proxy that has it, or --insecure', () => {
    expect(mistakesOf(() => load({ flags: ['--listen', '0.0.0.0:80'] }))).toContain('--tls-cert');
    const secure = [
      ['--tls-cert', 'c.pem', '--tls-key', 'k.pem'],
      ['--trust-proxy', '10.0.0.0/8,::1'],
    ];
    for (const flags of secure)
      expect(load({ flags: ['--listen', '0.0.0.0:80', ...flags] }).values.listen).toBe('0.0.0.0:80');
    expect(mistakesOf(() => load({ flags: ['--tls-cert', 'c.pem'] }))).toContain('go together');
    expect(mistakesOf(() => load({ flags: ['--trust-proxy', 'anybody'] }))).toContain('must be an address');
    expect(load({ flags: ['--listen', '0.0.0.0:80', '--insecure'] }).values.listen).toBe('0.0.0.0:80');
    for (const listen of ['localhost:1', '127.1.2.3:1', '[::1]:1'])
      expect(load({ flags: ['--listen', listen] }).values.listen).toBe(listen);
  });

  test('a file that is no YAML, or no settings, is named', () => {
    expect(mistakesOf(() => load({ file: 'a: [' }))).toContain('is not YAML');
    expect(mistakesOf(() => load({ file: '- a' }))).toContain('must hold settings by name');
  });

  test('what fits no setting is said in words of its own, and a copy of no PostgreSQL is refused', () => {
    expect(mistakesOf(() => load({ flags: ['--processes', 'x'] }))).toContain('--processes: must be a number');
    expect(mistakesOf(() => load({ flags: ['--roles', 'x'] }))).toContain('must be one of api, scheduler, worker');
    expect(mistakesOf(() => load({ flags: ['--drain-seconds', '-1'] }))).toContain('must be at least 0');
    expect(mistakesOf(() => load({ flags: ['--port', '80'] }))).not.toContain('setting 80');
    const replica = ['--database-replica', 'postgres://copy/chorale'];
    expect(mistakesOf(() => load({ flags: replica }))).toContain('give --database');
    expect(load({ flags: [...replica, '--database', 'postgres://db/chorale'] }).values.databaseReplica).toHaveLength(1);
  });

  test('a flag without its value is named', () => {
    expect(mistakesOf(() => load({ flags: ['--listen'] }))).toContain('--listen: needs a value');
  });
});

describe('what is shown', () => {
  test('[CF3] holds no password, and a reference as it was given', () => {
    const shown = (database: string) => redactConfig(load({ flags: ['--database', database] }).values)['database'];
    expect(shown('postgres://ada:secret@db/chorale')).toBe('postgres://ada:***@db/chorale');
    expect(shown('env:DATABASE_URL')).toBe('env:DATABASE_URL');
    const broker = redactConfig(load({ flags: ['--broker', 'amqps://ada:secret@mq/site'] }).values)['broker'];
    expect(broker).toBe('amqps://ada:***@mq/site');
  });

  test('[CF4] has a version that changes with what it says and with nothing else', () => {
    expect(load().version).toBe(load().version);
    expect(load({ flags: ['--worker-slots', '5'] }).version).not.toBe(load().version);
  });
});

describe('models', () => {
  test('[CF5] providers are named with references to their keys, and shown as they were given', () => {
    const file = `models:
  strategy: cost
  aliases: { fast: [gpt-5-mini] }
  providers:
    - name: office
      kind: openai-compatible
      baseUrl: http://10.0.0.5:8000/v1/
      apiKey: env:OFFICE_KEY
      models: [llama, { name: qwen, prices: { input: 0.1, output: 0.4 } }]
`;
    const { values } = load({ file, env: { OFFICE_KEY: 'hunter2', CHORALE_MODELS_DISCOVER: 'false' } });
    expect(values.models).toMatchObject({ strategy: 'cost', discover: false, keyless: 'never' });
    expect(values.models.providers[0]).toMatchObject({ name: 'office', baseUrl: 'http://10.0.0.5:8000/v1' });
    const shown = JSON.stringify(redactConfig(values));
    expect(shown).toContain('env:OFFICE_KEY');
    expect(shown).not.toContain('hunter2');
  });

  test('[CF5] a key in the file, a doubled name and a budget without limits are refused by name', () => {
    const provider = (more: string) => `{ name: a, kind: openai, ${more} }`;
    const message = mistakesOf(() =>
      load({ file: `models: { providers: [${provider('apiKey: sk-123')}], budgets: [{ scope: key, window: day }] }` }),
    );
    expect(message).toContain('models.providers.0.apiKey: must be env:NAME, file:PATH or secret:NAME');
    expect(message).toContain('must limit something');
    expect(message).not.toContain('sk-123');
    const doubled = provider('models: []');
    expect(mistakesOf(() => load({ file: `models: { providers: [${doubled}, ${doubled}] }` }))).toContain(
      'two are called a',
    );
  });
});

test('the database is read from where the reference says, or its absence is refused by name', () => {
  const { values } = load({ flags: ['--database', 'env:MY_DB'] });
  expect(readAddress(values, 'database', { MY_DB: 'postgres://db/x' })).toBe('postgres://db/x');
  expect(() => readAddress(values, 'database', {})).toThrow(/MY_DB|env:/);
});

test('what is for this machine alone is closed where a proxy or a name lets others in', () => {
  const isAlone = (...flags: string[]) => isAskedFromHere(load({ flags }).values);
  expect(isAlone()).toBe(true);
  expect(isAlone('--trust-proxy', 'loopback')).toBe(false);
  expect(isAlone('--hosts', 'chorale.example.com')).toBe(false);
});
