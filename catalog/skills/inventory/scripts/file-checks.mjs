// Things that do not belong in a repository, seen while its files pass by.

import { posix } from 'node:path';
import { plural } from './lib/skill-run.mjs';

const largeBytes = 5 * 1024 * 1024;
const hugeBytes = 50 * 1024 * 1024;

export const fileRules = {
  'merge-marker': {
    title: 'Left-over merge conflict markers',
    why: 'The file was committed half-merged: it does not compile, or two versions of the truth stand beside each other.',
    fix: 'Resolve the conflict and delete the marker lines.',
  },
  'bidi-control': {
    title: 'Invisible text-direction characters in code',
    why: 'Such characters can make code look different from what it does (Trojan Source, CVE-2021-42574).',
    fix: 'Remove the characters, or write them as escapes.',
  },
  'case-collision': {
    title: 'Paths that differ only by case',
    why: 'On macOS and Windows only one of the files can exist, so a checkout there is silently incomplete.',
    fix: 'Rename one of the files.',
  },
  'link-outside': {
    title: 'Symbolic link that leads out of the repository',
    why: 'It works only on the machine where it was made, and tools that follow it read or write outside the project.',
    fix: 'Replace the link with a file, or with a relative link inside the repository.',
  },
  'large-file': {
    title: 'Very large file',
    why: 'Every clone downloads every version of it for ever.',
    fix: 'Keep it outside the repository, or in Git LFS.',
  },
  'dependencies-committed': {
    title: 'Installed dependencies are committed',
    why: 'They hide real changes in reviews, go stale without anyone noticing, and belong to one platform.',
    fix: 'Remove the folder from version control, ignore it, and rely on the lock file.',
  },
  'not-utf8': {
    title: 'Source is not valid UTF-8',
    why: 'Compilers, editors and search tools disagree on what its characters are.',
    fix: 'Convert the file, for example with `iconv -f latin1 -t utf-8`.',
  },
  'mixed-line-endings': {
    title: 'Files mix Windows and Unix line ends',
    why: 'Diffs show lines that nobody changed, and shell scripts with carriage returns fail.',
    fix: 'Convert them once and add a `.gitattributes` with `* text=auto`.',
  },
};

export class FileChecks {
  constructor(findings) {
    this.findings = findings;
    this.mixedEndings = [];
  }

  onText(file, text, validUtf8) {
    if (file.vendored || file.generated) return;
    if (file.kind === 'code') this.checkCode(file, text);
    const carriage = text.indexOf('\r\n');
    if (carriage !== -1 && /[^\r]\n/.test(text)) this.mixedEndings.push(file.path);
    if (!validUtf8 && (file.kind === 'code' || file.kind === 'prose')) {
      const line = lineAt(text, Math.max(0, text.indexOf('\uFFFD')));
      const severity = file.test || file.example || file.kind === 'prose' ? 'info' : 'low';
      this.findings.add({
        rule: 'not-utf8',
        severity,
        title: 'Not valid UTF-8',
        file: file.path,
        line,
        detail: `The first byte that is not UTF-8 is on line ${line}.`,
        confidence: 'high',
      });
    }
  }

  checkCode(file, text) {
    const start = /^<{7} .+$/m.exec(text);
    if (start !== null && /^={7}\r?$/m.test(text) && /^>{7} .+$/m.test(text)) {
      const expected = file.test || file.example;
      const severity = expected ? 'info' : 'high';
      this.findings.add({
        rule: 'merge-marker',
        severity,
        title: 'Merge conflict markers',
        file: file.path,
        line: lineAt(text, start.index),
        detail: 'The file holds a complete set of conflict markers (<<<<<<<, =======, >>>>>>>).',
        confidence: expected ? 'low' : 'high',
      });
    }
    const bidi = /[\u202A-\u202E\u2066-\u2069]/.exec(text);
    if (bidi !== null) {
      const code = bidi[0].codePointAt(0).toString(16).toUpperCase();
      const severity = file.test || file.example ? 'low' : 'medium';
      this.findings.add({
        rule: 'bidi-control',
        severity,
        title: `Invisible direction character U+${code}`,
        file: file.path,
        line: lineAt(text, bidi.index),
        detail: `The line holds U+${code}, which changes how the text after it is shown.`,
        confidence: file.test ? 'low' : 'medium',
      });
    }
  }

  onList(files, source) {
    this.checkCase(files);
    for (const file of files) {
      if (file.skipped === 'link') this.checkLink(file);
      else if (file.bytes > largeBytes && source === 'git') this.addLarge(file);
    }
    if (source === 'git') this.checkInstalled(files);
    if (this.mixedEndings.length > 0) this.addMixedEndings();
  }

  addLarge(file) {
    const size = `${(file.bytes / 1048576).toFixed(1)} MiB`;
    this.findings.add({
      rule: 'large-file',
      severity: file.bytes > hugeBytes ? 'medium' : 'low',
      title: `Large file, ${size}`,
      file: file.path,
      detail: `The file has ${size}.`,
      key: 'large',
    });
  }

  addMixedEndings() {
    const [first] = this.mixedEndings;
    const shown = this.mixedEndings.slice(0, 5).join(', ');
    const count = this.mixedEndings.length;
    this.findings.add({
      rule: 'mixed-line-endings',
      severity: 'info',
      title: `${plural(count, 'file mixes', 'files mix')} line ends`,
      file: first,
      detail: `Both kinds of line end in: ${shown}${count > 5 ? ', …' : ''}`,
      key: 'all',
    });
  }

  checkCase(files) {
    const seen = new Map();
    for (const { path } of files) {
      const lower = path.toLowerCase();
      const other = seen.get(lower);
      if (other === undefined) seen.set(lower, path);
      else
        this.findings.add({
          rule: 'case-collision',
          severity: 'medium',
          title: 'Path differs from another only by case',
          file: path,
          detail: `${other} and ${path} are one file on macOS and Windows.`,
        });
    }
  }

  checkLink(file) {
    const resolved = posix.normalize(posix.join(posix.dirname(file.path), file.target));
    if (!file.target.startsWith('/') && resolved !== '..' && !resolved.startsWith('../')) return;
    this.findings.add({
      rule: 'link-outside',
      severity: file.test || file.example ? 'low' : 'medium',
      title: 'Link leads out of the repository',
      file: file.path,
      detail: `The link points to ${file.target}.`,
    });
  }

  checkInstalled(files) {
    const folders = new Map();
    for (const { path } of files) {
      const match = /^(?:.*?\/)?(?:node_modules|bower_components|\.venv|venv|__pycache__)(?=\/)/.exec(path);
      if (match === null || /(?:^|\/)(?:tests?|fixtures?|__fixtures__|examples?|testdata)\//.test(match[0])) continue;
      folders.set(match[0], (folders.get(match[0]) ?? 0) + 1);
    }
    for (const [folder, count] of folders) {
      this.findings.add({
        rule: 'dependencies-committed',
        severity: 'medium',
        title: `${folder} is committed`,
        file: folder,
        detail: `${plural(count, 'file')} under ${folder} are in version control.`,
      });
    }
  }
}

function lineAt(text, index) {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
