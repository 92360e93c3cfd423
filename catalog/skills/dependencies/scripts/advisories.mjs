// Known vulnerable versions, from OSV records: a short list that ships with the skill, and whatever the caller gives.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareVersions } from './versions.mjs';

const shipped = new URL('../assets/advisories.json', import.meta.url);
const filesMax = 200_000;
const severityOf = { CRITICAL: 'critical', HIGH: 'high', MODERATE: 'medium', MEDIUM: 'medium', LOW: 'low' };

/** `{ byPackage, count, statement }`. `given`: the path of an OSV file or folder, a list of records, or undefined. */
export function loadAdvisories(given) {
  const own = readRecords(shipped);
  const more = given === undefined ? [] : Array.isArray(given) ? given : readGiven(given);
  const byPackage = new Map();
  for (const record of [...own, ...more]) addRecord(byPackage, record);
  const statement =
    given === undefined
      ? `Versions were compared with ${own.length} well-known advisories that ship with this skill. That is a fraction of what is known: no advisory database was at hand. Give one as the input \`advisories\` (OSV records) for a full answer.`
      : `Versions were compared with ${more.length} advisories that were given, and ${own.length} that ship with this skill.`;
  return { byPackage, count: own.length + more.length, statement, complete: given !== undefined };
}

function readGiven(path) {
  if (!statSync(path).isDirectory()) return readRecords(path);
  const names = readdirSync(path, { recursive: true }).filter((name) => name.endsWith('.json'));
  return names.slice(0, filesMax).flatMap((name) => readRecords(join(path, name)));
}

/** One record, a list, or `{ vulns: [...] }` as the OSV service answers. */
function readRecords(path) {
  let content;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`the advisory file ${path} is not readable JSON: ${error.message}`, { cause: error });
  }
  if (Array.isArray(content)) return content;
  return Array.isArray(content.vulns) ? content.vulns : [content];
}

function addRecord(byPackage, record) {
  if (typeof record?.id !== 'string' || record.withdrawn !== undefined || !Array.isArray(record.affected)) return;
  for (const affected of record.affected) {
    const { ecosystem, name } = affected.package ?? {};
    if (typeof ecosystem !== 'string' || typeof name !== 'string') continue;
    const key = packageKey(ecosystem, name);
    byPackage.set(key, [...(byPackage.get(key) ?? []), { record, affected, ecosystem: ecosystem.split(':')[0] }]);
  }
}

export function packageKey(ecosystem, name) {
  const plain = ecosystem.split(':')[0];
  return `${plain}\0${plain === 'PyPI' ? name.toLowerCase().replaceAll(/[-_.]+/g, '-') : name}`;
}

/** `[{ id, alias, summary, severity, fixed }]` for one version. */
export function findAdvisories(advisories, { ecosystem, name, version }) {
  const found = new Map();
  for (const { record, affected } of advisories.byPackage.get(packageKey(ecosystem, name)) ?? []) {
    const hit = matchAffected(ecosystem, version, affected);
    if (hit === undefined) continue;
    found.set(record.id, {
      id: record.id,
      alias: (record.aliases ?? []).find((alias) => alias.startsWith('CVE-')),
      summary: String(record.summary ?? record.details ?? '').slice(0, 200),
      severity: severityOf[String(record.database_specific?.severity ?? '').toUpperCase()] ?? 'high',
      fixed: hit.fixed,
      malicious: record.id.startsWith('MAL-') || record.database_specific?.malicious === true,
    });
  }
  return [...found.values()];
}

function matchAffected(ecosystem, version, affected) {
  if ((affected.versions ?? []).includes(version)) return { fixed: undefined };
  for (const range of affected.ranges ?? []) {
    if (range.type === 'GIT' || !Array.isArray(range.events)) continue;
    const hit = matchEvents(ecosystem, version, range.events);
    if (hit !== undefined) return hit;
  }
  return undefined;
}

function matchEvents(ecosystem, version, events) {
  let from;
  for (const event of events) {
    if (event.introduced !== undefined) from = event.introduced;
    const end = event.fixed ?? event.last_affected;
    if (end === undefined || from === undefined) continue;
    const before = compareVersions(ecosystem, version, end);
    const inside =
      (from === '0' || compareVersions(ecosystem, version, from) >= 0) &&
      (event.fixed === undefined ? before <= 0 : before < 0);
    if (inside) return { fixed: event.fixed };
    from = undefined;
  }
  const open = from !== undefined && (from === '0' || compareVersions(ecosystem, version, from) >= 0);
  return open ? { fixed: undefined } : undefined;
}
