// The effective configuration: defaults, then a file, then environment variables, then flags. Every mistake of every
// source is named at once.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { refused } from '@chorale/lib-errors';
import { canonicalJson, closestName, type Json } from '@chorale/module-goals';
import { parse as parseYaml } from 'yaml';
import { configSchema, type Config } from './config-schema.ts';
import { secretReferencePattern } from './models-config.ts';
import { readSecret } from './read-secret.ts';
import { readSetting, settings, type Setting } from './settings.ts';

export const configFileName = 'chorale.yaml';

export interface ConfigSources {
  readonly cwd: string;
  readonly env: { readonly [name: string]: string | undefined };
  /** Flags only, as given: `--listen 127.0.0.1:8000`, `--listen=...`, `--insecure`. */
  readonly flags: readonly string[];
  /** Flags that hold unless any source says otherwise. */
  readonly defaults?: readonly string[];
}

export interface EffectiveConfig {
  readonly values: Config;
  /** The first 12 hex digits of the hash of what is printed: two processes with the same version behave the same. */
  readonly version: string;
  /** The file that was read; undefined when there is none. */
  readonly file: string | undefined;
}

/** A value and who gave it, as a person would name it: `--listen`, `CHORALE_LISTEN`, `chorale.yaml: listen`. */
interface Given {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly from: string;
}

/** Throws refused `config-invalid` with all mistakes. */
export function loadConfig({ cwd, env, flags, defaults = [] }: ConfigSources): EffectiveConfig {
  const mistakes: string[] = [];
  const given = readFlags(flags, mistakes);
  const named = given.file ?? env['CHORALE_CONFIG'];
  const file = readConfigFile(resolve(cwd, named ?? configFileName), { required: named !== undefined, mistakes });
  const fromFile = file === undefined ? [] : leavesOf(file.values, [], file.path);
  const all = [...readFlags(defaults, mistakes).values, ...fromFile, ...readVariables(env), ...given.values];
  const tree: { [name: string]: unknown } = {};
  for (const { path, value } of all) place(tree, path, value);
  const parsed = configSchema.safeParse(tree);
  if (parsed.success) checkTogether(parsed.data, mistakes);
  else for (const issue of parsed.error.issues) mistakes.push(...describeIssue(issue, all));
  if (mistakes.length > 0 || !parsed.success) throw invalid(mistakes);
  const values = { ...parsed.data, dataDir: resolve(cwd, parsed.data.dataDir) };
  const version = createHash('sha256')
    .update(canonicalJson(redactConfig(values)))
    .digest('hex')
    .slice(0, 12);
  return { values, version, file: file?.path };
}

/** Settings that are addresses of services, and may hold passwords. */
const addressSettings = ['database', 'broker', 'cache'] as const;

function withoutPassword(address: string): string {
  if (secretReferencePattern.test(address)) return address;
  return address.replace(/:\/\/([^:@/]*):[^@/]*@/, '://$1:***@');
}

/** What may be shown: secrets only as the references they were given as. */
export function redactConfig(values: Config): { readonly [key: string]: Json } {
  const shown = addressSettings.map((name) => [name, withoutPassword(values[name])] as const);
  const databaseReplica = values.databaseReplica.map(withoutPassword);
  return { ...(values as unknown as { readonly [key: string]: Json }), ...Object.fromEntries(shown), databaseReplica };
}

function invalid(mistakes: readonly string[]): Error {
  return refused(
    'config-invalid',
    `The configuration has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes.map((line) => `  - ${line}`).join('\n')}`,
    {
      action: 'Correct it; `chorale config --help` lists what can be set.',
      data: { mistakes },
    },
  );
}

function readFlags(
  flags: readonly string[],
  mistakes: string[],
): { readonly values: readonly Given[]; readonly file: string | undefined } {
  const values: Given[] = [];
  let file: string | undefined;
  for (let index = 0; index < flags.length; index++) {
    const [flag, inline] = splitFlag(flags[index] ?? '');
    const setting = settings.find((item) => item.flag === flag);
    if (setting === undefined && flag !== '--config') {
      mistakes.push(unknownName(flag, ['--config', ...settings.map((item) => item.flag)]));
      // Its value, as far as anybody can tell: one mistake is named once.
      if (inline === undefined && flag.startsWith('-') && flags[index + 1]?.startsWith('-') === false) index += 1;
      continue;
    }
    // A switch needs no value; anything else takes the next word.
    const text = inline ?? (setting?.kind === 'switch' ? 'true' : flags[++index]);
    if (text === undefined) mistakes.push(`${flag}: needs a value`);
    else if (setting === undefined) file = text;
    else values.push({ path: setting.path, value: readSetting(setting, text), from: flag });
  }
  return { values, file };
}

function splitFlag(flag: string): readonly [string, string?] {
  const at = flag.indexOf('=');
  return at < 0 ? [flag] : [flag.slice(0, at), flag.slice(at + 1)];
}

/** Variables that no setting has are left alone: others may use the prefix for purposes of their own. */
function readVariables(env: ConfigSources['env']): readonly Given[] {
  return settings.flatMap((setting: Setting) => {
    const text = env[setting.variable];
    return text === undefined
      ? []
      : [{ path: setting.path, value: readSetting(setting, text), from: setting.variable }];
  });
}

function readConfigFile(
  path: string,
  { required, mistakes }: { readonly required: boolean; readonly mistakes: string[] },
): { readonly path: string; readonly values: unknown } | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (required || (error as NodeJS.ErrnoException).code !== 'ENOENT')
      mistakes.push(`${path}: cannot be read: ${(error as Error).message}`);
    return undefined;
  }
  try {
    const values: unknown = parseYaml(text) ?? {};
    if (typeof values === 'object' && !Array.isArray(values)) return { path, values };
    mistakes.push(`${path}: must hold settings by name`);
  } catch (error) {
    mistakes.push(`${path}: is not YAML: ${(error as Error).message}`);
  }
  return undefined;
}

/** Down to the schema's leaves, so that a variable overrides one setting of the file and not its whole group. */
function leavesOf(value: unknown, path: readonly string[], file: string): readonly Given[] {
  const isGroup = settings.some(
    (item) => item.path.length > path.length && path.every((part, at) => item.path[at] === part),
  );
  if (isGroup && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([name, child]) => leavesOf(child, [...path, name], file));
  }
  return [{ path, value, from: `${file}: ${path.join('.')}` }];
}

function place(tree: { [name: string]: unknown }, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) tree[name] = value;
  else {
    const inner =
      typeof tree[name] === 'object' && tree[name] !== null ? (tree[name] as { [name: string]: unknown }) : {};
    tree[name] = inner;
    place(inner, rest, value);
  }
}

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
}

function describeIssue(issue: Issue, all: readonly Given[]): readonly string[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const known = settings.map((item) => item.path.join('.'));
    return (issue.keys ?? []).map((key) => {
      const full = [...path, key];
      return `${sourceOf(full, all)}: ${unknownName(full.join('.'), known)}`;
    });
  }
  return [`${sourceOf(path, all)}: ${sayIssue(issue)}`];
}

/** What a schema says of itself is said as it is. */
function sayIssue({ code, message, values = [] }: Issue): string {
  if (code === 'invalid_value' && message.startsWith('Invalid option')) return `must be one of ${values.join(', ')}`;
  const bound = /^Too (?:big|small): expected \w+ to be ([<>])=(\S+)$/.exec(message);
  if (bound !== null) return `must be at ${bound[1] === '<' ? 'most' : 'least'} ${bound[2]}`;
  return message.replace(/^Invalid input: expected (\w+), received (\w+)$/, 'must be a $1, found a $2');
}

function sourceOf(path: readonly string[], all: readonly Given[]): string {
  const given = all.findLast((item) => item.path.every((part, at) => path[at] === part));
  if (given === undefined) return path.join('.');
  const rest = path.slice(given.path.length);
  return rest.length === 0 ? given.from : `${given.from}.${rest.join('.')}`;
}

function unknownName(name: string, known: readonly string[]): string {
  const closest = closestName(name, known);
  return `there is no setting ${name}${closest === undefined ? '' : `; did you mean ${closest}?`}`;
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** What no single value shows. */
function checkTogether(values: Config, mistakes: string[]): void {
  const { address, port } = parseListen(values.listen);
  if (port > 65_535) mistakes.push(`listen: ${port} is no port; ports end at 65535`);
  if (!loopback.test(address) && !isSecure(values) && !values.insecure) {
    mistakes.push(
      `listen: ${address} can be reached by others; give a certificate (--tls-cert, --tls-key) or the proxy in front that has one (--trust-proxy), listen on 127.0.0.1, or say --insecure to let passwords and keys be read on the way`,
    );
  }
  if ((values.tls.cert === '') !== (values.tls.key === '')) mistakes.push('tls: --tls-cert and --tls-key go together');
  if (values.tls.clientCa !== '' && values.tls.cert === '')
    mistakes.push('tls.clientCa: certificates are shown over TLS; give --tls-cert and --tls-key, too');
  const { services, telemetry } = values;
  if ((services.cert === '') !== (services.key === ''))
    mistakes.push('services: --services-cert and --services-key go together');
  if (telemetry.otlp.startsWith('http:') && !services.plain && !loopback.test(new URL(telemetry.otlp).hostname))
    mistakes.push('telemetry.otlp: spans would be sent in plain; give an https address, or say --services-plain');
  if (values.processes !== 1 && values.database === '')
    mistakes.push('processes: the embedded database belongs to one process; give --database postgres://...');
  if (values.databaseReplica.length > 0 && values.database === '')
    mistakes.push('databaseReplica: the embedded database has no copies; give --database postgres://...');
  const names = values.models.providers.map(({ name }) => name);
  const doubled = names.find((name, at) => names.indexOf(name) !== at);
  if (doubled !== undefined) mistakes.push(`models.providers: two are called ${doubled}; give each a name of its own`);
}

/** Whether browsers reach the server over TLS: its own, or that of a proxy in front. */
export function isSecure({ tls, trustProxy }: Pick<Config, 'tls' | 'trustProxy'>): boolean {
  return tls.cert !== '' || trustProxy.length > 0;
}

/** Whether only this machine asks: behind a proxy, or under a name, others do as well. */
export function isAskedFromHere(config: Config): boolean {
  return isLoopback(config) && config.trustProxy.length === 0 && config.hosts.length === 0;
}

/** Whether only this machine can reach the server's own address. */
export function isLoopback({ listen }: Config): boolean {
  return loopback.test(parseListen(listen).address);
}

export function parseListen(listen: string): { readonly address: string; readonly port: number } {
  const at = listen.lastIndexOf(':');
  return { address: listen.slice(0, at), port: Number(listen.slice(at + 1)) };
}

/** A service's address, with the reference read. Throws refused `secret-missing`. */
export function readReplicas({ databaseReplica }: Config, env: ConfigSources['env']): readonly string[] {
  return databaseReplica.map((address) =>
    secretReferencePattern.test(address) ? readSecret(address, 'The setting databaseReplica', env) : address,
  );
}

export function readAddress(config: Config, name: (typeof addressSettings)[number], env: ConfigSources['env']): string {
  const address = config[name];
  return secretReferencePattern.test(address) ? readSecret(address, `The setting ${name}`, env) : address;
}
