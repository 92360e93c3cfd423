// Under which terms the repository and what it takes in may be used, as far as its files tell.

import { readDeclared, readDependencyLicences } from './declared.mjs';
import { reportDependencies, reportInside, reportProject, rules } from './checks.mjs';
import { isOwnCode, listRepository, readText } from './lib/repository.mjs';
import { compareText, Findings, plural, runSkill } from './lib/skill-run.mjs';
import { recognise } from './licence-text.mjs';
import { classOfExpression } from './spdx.mjs';

const licenceName =
  /(?:^|\/)(?:LICEN[CS]ES?|COPYING|UNLICENSE|COPYRIGHT|LICEN[CS]E-[\w.-]+)(?:[.-][\w.-]+)?$|^LICENSES\/.+/i;
const headLength = 4_000;
const filesMax = 400;
const rowsMax = 40;
const identifier = /SPDX-License-Identifier:\s*([^\n*]+?)\s*(?:\*\/|-->|$)/m;
// What a grant in a file's head looks like when it carries no identifier.
const grants = [
  [/GNU Affero General Public License/i, 'AGPL-3.0'],
  [/GNU (?:Lesser|Library) General Public License/i, 'LGPL'],
  [/GNU General Public License[\s\S]{0,200}?(?:version 3|GPLv3)/i, 'GPL-3.0'],
  [/GNU General Public License/i, 'GPL-2.0'],
  [/Mozilla Public License,? v(?:ersion|\.)? ?2/i, 'MPL-2.0'],
  [/Licensed (?:under|to).{0,80}Apache (?:Software Foundation|License)/is, 'Apache-2.0'],
];

await runSkill('licences', ({ input, repository, progress }) => {
  const listed = listRepository({ input, repository, progress });
  const texts = readLicenceFiles(repository, listed.files);
  const headers = readHeaders(repository, listed.files);
  const declared = readDeclared(repository, listed.files);
  const dependencies = readDependencyLicences(repository, listed.files);
  progress(
    `${plural(texts.length, 'licence file')}, ${plural(headers.marked, 'header')}, ${plural(dependencies.length, 'dependency', 'dependencies')} with a licence`,
  );
  const project = decideProject(texts, declared);
  const findings = new Findings('licences', rules);
  reportProject(findings, { project, texts, declared, listed });
  reportInside(findings, { project, texts, headers });
  reportDependencies(findings, project, dependencies);
  const finished = findings.finish();
  return {
    summary: summarize({ project, headers, dependencies }),
    ...finished,
    metrics: {
      files: texts
        .map(({ path, found }) => ({
          file: path,
          spdx: found.map((item) => item.spdx).join(' and ') || 'not recognised',
          similarity: found[0]?.similarity,
        }))
        .slice(0, rowsMax),
      declared: declared.slice(0, rowsMax).map(({ file, spdx }) => ({ file, spdx })),
      headers: [...headers.counts]
        .map(([spdx, files]) => ({ spdx, files }))
        .sort((a, b) => b.files - a.files || compareText(a.spdx, b.spdx))
        .slice(0, rowsMax),
      dependencies: groupDependencies(dependencies).slice(0, rowsMax),
    },
    notes: [
      ...listed.notes,
      'Texts, headers and manifests were compared; whether licences may be combined depends on linking and distribution, and is for a lawyer to say.',
      ...finished.notes,
    ],
  };
});

function readLicenceFiles(repository, files) {
  const found = [];
  for (const file of files) {
    if (
      !licenceName.test(file.path) ||
      file.binary ||
      (file.kind === 'code' && !/\.(?:md|txt|rst)$/i.test(file.path)) ||
      file.test ||
      found.length >= filesMax
    )
      continue;
    const text = readText(repository, file);
    if (text === undefined || text.trim() === '') continue;
    found.push({
      path: file.path,
      vendored: file.vendored === true || file.example === true,
      found: licencesIn(text),
      words: text.split(/\s+/).length,
      atRoot: !file.path.includes('/') || file.path.startsWith('LICENSES/'),
      text: text.slice(0, 4_000),
    });
  }
  return found.sort((a, b) => a.path.split('/').length - b.path.split('/').length || compareText(a.path, b.path));
}

/** What the text is; for a text that only names its licence, what it names. */
function licencesIn(text) {
  const found = recognise(text);
  const named = identifier.exec(text)?.[1];
  return found.length === 0 && named !== undefined && classOfExpression(named) !== 'unknown'
    ? [{ spdx: named }]
    : found;
}

function readHeaders(repository, files) {
  const headers = { counts: new Map(), marked: 0, total: 0, places: new Map(), without: undefined, withoutCount: 0 };
  for (const file of files) {
    if (!isOwnCode(file) || file.test || file.example || file.lines < 5) continue;
    const text = headComments(readText(repository, file));
    if (text === undefined) continue;
    headers.total++;
    const stated = identifier.exec(text)?.[1] ?? grants.find(([pattern]) => pattern.test(text.slice(0, 2_500)))?.[1];
    if (stated === undefined || stated.length > 120) {
      headers.withoutCount++;
      headers.without ??= file.path;
      continue;
    }
    headers.marked++;
    headers.counts.set(stated, (headers.counts.get(stated) ?? 0) + 1);
    if (!headers.places.has(stated)) headers.places.set(stated, file.path);
  }
  return headers;
}

/** The comment lines of a file's head: a licence named in code is what the program speaks of, not its own. */
function headComments(text) {
  if (text === undefined) return undefined;
  const lines = text.slice(0, headLength).split('\n');
  return lines
    .filter(
      (line) =>
        /^\s*(?:\/\/|\/?\*|#|--|;|%|<!--|\{-|\(\*|"{3}|'{3}|dnl\b|rem\b|@c\b|!)/i.test(line) ||
        /^\s*(?:SPDX-License-Identifier|Licensed|This (?:program|file|library)|under the|the terms|it under)/i.test(
          line,
        ),
    )
    .join('\n');
}

/** The text at the root counts; without one what manifests there say. */
function decideProject(texts, declared) {
  const atRoot = texts.filter((item) => item.atRoot && !item.vendored);
  // A folder LICENSES holds every text that is used somewhere; what stands at the root speaks for the whole.
  const first = atRoot.filter((item) => !item.path.includes('/'));
  const own = first.some((item) => item.found.length > 0) ? first : atRoot;
  const fromText = [...new Set(own.flatMap((item) => item.found.map((found) => found.spdx)))];
  const stated = declared.find((item) => !item.file.includes('/'));
  return { fromText, own, stated, spdx: fromText.length > 0 ? fromText.join(' OR ') : stated?.spdx };
}

function groupDependencies(dependencies) {
  const groups = new Map();
  for (const { name, spdx } of dependencies) groups.set(spdx, (groups.get(spdx) ?? new Set()).add(name));
  return [...groups]
    .map(([spdx, set]) => ({ spdx, packages: set.size, examples: [...set].sort(compareText).slice(0, 4) }))
    .sort((a, b) => b.packages - a.packages || compareText(a.spdx, b.spdx));
}

function summarize({ project, headers, dependencies }) {
  const own =
    project.spdx === undefined
      ? 'No licence was found'
      : project.fromText.length > 0
        ? `Under ${shorten(project.fromText)}`
        : `A manifest names ${project.spdx}, its text was not found`;
  const marked =
    headers.marked === 0
      ? ''
      : ` ${Math.round((100 * headers.marked) / headers.total)} % of the source files carry a licence header.`;
  const others =
    dependencies.length === 0
      ? ''
      : ` Licences of ${plural(new Set(dependencies.map((item) => item.name)).size, 'dependency', 'dependencies')} are known.`;
  return {
    headline: `${own}.${marked}${others}`,
    licence: project.spdx,
    headers: headers.marked,
    sources: headers.total,
    dependencies: dependencies.length,
  };
}

function shorten(names) {
  return names.length <= 3 ? names.join(' or ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
