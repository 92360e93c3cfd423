// go.mod and go.sum. What is built is what go.mod requires (minimal version selection), so it is manifest and lock at once;
// go.sum holds the checksums.

import { dirname, joinPath } from './manifest-text.mjs';

export function readGo(project) {
  const manifests = [];
  const locks = [];
  for (const file of project.named('go.mod')) {
    const text = project.text(file);
    if (text === undefined) continue;
    const declared = readRequires(text);
    const sum = joinPath(dirname(file), 'go.sum');
    const hasSum = project.has(sum);
    manifests.push({
      file,
      ecosystem: 'Go',
      declared,
      name: /^module\s+"?([^\s"]+)/m.exec(text)?.[1],
      lockfile: hasSum ? sum : undefined,
      isApplication: true,
      goVersion: /^go\s+([\d.]+)/m.exec(text)?.[1],
      replaces: readReplaces(text),
    });
    const packages = declared.map((item) => ({
      name: item.name,
      version: item.range.replace(/^v/, '').replace(/\+incompatible$/, ''),
      indirect: item.kind === 'indirect',
      line: item.line,
    }));
    if (packages.length > 0) locks.push({ file, ecosystem: 'Go', tool: 'go', packages });
  }
  return { ecosystem: 'Go', manifests, locks };
}

function readRequires(text) {
  const declared = [];
  let inBlock = false;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (/^require\s*\($/.test(line)) inBlock = true;
    else if (line === ')') inBlock = false;
    const match = /^(?:require\s+)?([^\s/]+\.[^\s]+|[^\s]+\/[^\s]+)\s+(v[^\s]+)(.*)$/.exec(line);
    if (match === null || !(inBlock || line.startsWith('require'))) continue;
    declared.push({
      name: match[1],
      range: match[2],
      line: index + 1,
      kind: match[3].includes('// indirect') ? 'indirect' : 'dependencies',
      exact: true,
      unpinned: false,
    });
  }
  return declared;
}

/** Replacements by a folder outside the module build only on the machine where that folder is. */
function readReplaces(text) {
  const replaces = [];
  for (const [index, line] of text.split('\n').entries()) {
    const match = /^(?:replace\s+)?\s*(\S+)(?:\s+v\S+)?\s+=>\s+(\.\.?\/\S+|\/\S+)/.exec(line.trim());
    if (match !== null) replaces.push({ name: match[1], target: match[2], line: index + 1 });
  }
  return replaces;
}
