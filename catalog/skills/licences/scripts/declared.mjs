// Licences as manifests state them, of the project itself and of its dependencies.

import { readTextAt } from './lib/repository.mjs';
import { toSpdx } from './spdx.mjs';

const lockBytesMax = 32 * 1024 * 1024;
const manifestsMax = 200;

/** `[{ file, spdx, line, isPrivate }]` */
export function readDeclared(root, files) {
  const found = [];
  for (const { path, test, example, vendored } of files) {
    if (test || example || vendored || found.length >= manifestsMax) continue;
    const read = readers.find(([pattern]) => pattern.test(path))?.[1];
    const text = read === undefined ? undefined : readTextAt(root, path);
    const stated = text === undefined ? undefined : read(text);
    if (stated === undefined) continue;
    const at = text.indexOf(stated.text);
    found.push({
      file: path,
      spdx: toSpdx(stated.text),
      stated: stated.text.slice(0, 100),
      isPrivate: stated.isPrivate === true,
      line: at === -1 ? undefined : text.slice(0, at).split('\n').length,
    });
  }
  return found;
}

const readers = [
  [/(?:^|\/)package\.json$/, readPackage],
  [/(?:^|\/)composer\.json$/, readPackage],
  [/(?:^|\/)Cargo\.toml$/, (text) => fromLine(text, /^\s*license\s*=\s*"([^"]+)"/m)],
  [
    /(?:^|\/)pyproject\.toml$/,
    (text) =>
      fromLine(text, /^\s*license\s*=\s*(?:"([^"]+)"|\{[^}\n]*text\s*=\s*"([^"\n]{1,60})")/m) ??
      fromLine(text, /["']License :: (?:OSI Approved :: )?([^"':]+)["']/),
  ],
  [/(?:^|\/)setup\.(?:py|cfg)$/, (text) => fromLine(text, /^\s*license\s*=\s*["']?([^"'\n,]{2,60})["']?,?\s*$/m)],
  [/(?:^|\/)pom\.xml$/, (text) => fromLine(text, /<licenses>\s*<license>\s*<name>\s*([^<]+?)\s*</)],
  [/\.gemspec$/, (text) => fromLine(text, /\.licenses?\s*=\s*\[?\s*["']([^"']+)["']/)],
];

function fromLine(text, pattern) {
  const match = pattern.exec(text);
  const value = match?.[1] ?? match?.[2];
  return value === undefined || /^(?:file|see)\b/i.test(value) ? undefined : { text: value.trim() };
}

function readPackage(text) {
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const value = json?.license ?? json?.licenses;
  const isPrivate = json?.private === true;
  const one = (item) => (typeof item === 'string' ? item : typeof item?.type === 'string' ? item.type : undefined);
  const stated = Array.isArray(value)
    ? value
        .map(one)
        .filter((item) => item !== undefined)
        .join(' OR ')
    : one(value);
  return stated === undefined || stated === '' ? undefined : { text: stated, isPrivate };
}

/** `[{ name, version, spdx, file, dev }]` from lock files that carry licences, and from vendored manifests. */
export function readDependencyLicences(root, files) {
  const found = [];
  for (const { path, vendored, test, example, skipped } of files) {
    if (skipped === 'link') continue;
    if (/(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/.test(path) && !test && !example && !vendored)
      readPackageLock(root, path, found);
    else if (vendored && /\/(?:node_modules|vendor)\/(?:@?[^/]+\/)?[^/]+\/(?:package|composer)\.json$/.test(`/${path}`))
      readVendored(root, path, found);
    else if (path.endsWith('.dist-info/METADATA')) readMetadata(root, path, found);
  }
  return found;
}

function readPackageLock(root, path, found) {
  let json;
  try {
    json = JSON.parse(readTextAt(root, path, lockBytesMax) ?? '{}');
  } catch {
    return;
  }
  for (const [key, entry] of Object.entries(json.packages ?? {})) {
    const at = key.lastIndexOf('node_modules/');
    if (at === -1 || entry?.link === true) continue;
    // Version 1 of the format, and many registries, carry no licence; absence then says nothing.
    if (typeof entry?.license === 'string')
      found.push({
        name: key.slice(at + 13),
        version: entry.version,
        spdx: toSpdx(entry.license),
        file: path,
        dev: entry.dev === true,
      });
  }
}

function readVendored(root, path, found) {
  const text = readTextAt(root, path);
  const stated = text === undefined ? undefined : readPackage(text);
  if (stated === undefined) return;
  const name =
    /(?:node_modules|vendor)\/((?:@[^/]+\/)?[^/]+(?:\/[^/]+)?)\/(?:package|composer)\.json$/.exec(path)?.[1] ?? path;
  found.push({ name, spdx: toSpdx(stated.text), file: path, dev: false });
}

function readMetadata(root, path, found) {
  const text = (readTextAt(root, path) ?? '').split('\n\n')[0];
  const stated =
    /^License-Expression: (.+)$/m.exec(text)?.[1] ??
    /^License: (.{1,60})$/m.exec(text)?.[1] ??
    /^Classifier: License :: OSI Approved :: (.+)$/m.exec(text)?.[1];
  const name = /^Name: (.+)$/m.exec(text)?.[1];
  if (stated !== undefined && name !== undefined && stated !== 'UNKNOWN')
    found.push({ name, version: /^Version: (.+)$/m.exec(text)?.[1], spdx: toSpdx(stated), file: path, dev: false });
}
