// Who added what is there, per directory.

import { isOwnCode } from './lib/repository.mjs';
import { compareText, percent } from './lib/skill-run.mjs';

const depth = 2;
const linesMin = 300;

/** `[{ directory, main, share, authors, commits, lines, mainLast }]` for directories with enough own code, largest first. */
export function findOwnership(current, activity) {
  const directories = new Map();
  for (const file of activity.files.values()) {
    const entry = current.get(file.path);
    if (!isOwnCode(entry)) continue;
    const segments = file.path.split('/').slice(0, -1);
    const directory = segments.slice(0, depth).join('/') || '.';
    const found = directories.get(directory) ?? { directory, lines: 0, commits: 0, by: new Map() };
    found.lines += entry.lines;
    found.commits += file.commits;
    for (const [identity, added] of file.by) found.by.set(identity, (found.by.get(identity) ?? 0) + added);
    directories.set(directory, found);
  }
  return [...directories.values()]
    .filter((item) => item.lines >= linesMin)
    .map((item) => describe(item, activity))
    .sort((a, b) => b.lines - a.lines || compareText(a.directory, b.directory));
}

function describe({ directory, lines, commits, by }, activity) {
  const ranked = [...by].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
  const total = ranked.reduce((sum, [, added]) => sum + added, 0);
  const [identity, added] = ranked[0] ?? ['', 0];
  const person = activity.authors.get(identity);
  return {
    directory,
    main: person?.name ?? '',
    share: percent(added, total),
    authors: by.size,
    commits,
    lines,
    mainLast: person?.last,
  };
}
