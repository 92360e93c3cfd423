// What a repository's owners have looked at and allow: `.secrets-allowlist` at the root, and marks in comments.
//
//     # comment
//     path/with/*.glob            every finding in these files
//     path/to/file.ts aws-access-key    one kind in these files
//     secrets.github-token:1a2b3c4d5e6f  one finding by its id

import { readTextAt } from './lib/repository.mjs';

export const allowlistName = '.secrets-allowlist';
const linesMax = 2_000;
const inlineMark = /secrets:allow|gitleaks:allow|pragma:\s?allowlist[ -]secret|trufflehog:ignore|ggignore|nosecret/i;

/** `{ allows(file, rule), allowsId(id), entries }`. */
export function readAllowlist(root) {
  const lines = (readTextAt(root, allowlistName) ?? '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .slice(0, linesMax);
  const ids = new Set(lines.filter((line) => /^secrets\.[\w-]+:[0-9a-f-]+$/.test(line)));
  const globs = lines
    .filter((line) => !ids.has(line))
    .map((line) => {
      const [glob, rule] = line.split(/\s+/);
      return { pattern: globToPattern(glob), rule };
    });
  return {
    entries: lines.length,
    allows: (path, rule) =>
      globs.some((entry) => entry.pattern.test(path) && (entry.rule === undefined || entry.rule === rule)),
    allowsId: (id) => ids.has(id),
  };
}

/** `*` stays within a folder, `**` crosses folders, a trailing `/` means everything below. */
function globToPattern(glob) {
  const full = glob.endsWith('/') ? `${glob}**` : glob;
  const source = full
    .split(/(\*\*\/?|\*|\?)/)
    .map((part) =>
      part === '**/'
        ? '(?:[^/]+/)*'
        : part === '**'
          ? '.*'
          : part === '*'
            ? '[^/]*'
            : part === '?'
              ? '[^/]'
              : part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`);
}

export function isAllowedInline(line) {
  return inlineMark.test(line);
}
