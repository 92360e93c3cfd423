// Reads `git log --numstat` as a stream, newest commit first, and follows files through renames.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { gitInvocation, runGit } from './lib/repository.mjs';

// A log is read as far as this; older commits matter little for where work happens now.
const timeMsMax = 120_000;
const robot = /\[bot\]|\b(?:dependabot|renovate|greenkeeper|github-actions|snyk-bot|pre-commit-ci|mergify)\b/i;

/** `{ git, shallow, merges }`: what can be said before reading the log. `git` is false where there is no usable history. */
export function inspectHistory(root) {
  try {
    runGit(root, ['rev-parse', '--verify', 'HEAD']);
    const shallow = runGit(root, ['rev-parse', '--is-shallow-repository']).trim() === 'true';
    const total = Number(runGit(root, ['rev-list', '--count', 'HEAD']).trim());
    const plain = Number(runGit(root, ['rev-list', '--count', '--no-merges', 'HEAD']).trim());
    return { git: true, shallow, total, merges: total - plain };
  } catch {
    return { git: false, shallow: false, total: 0, merges: 0 };
  }
}

/**
 * Calls `onCommit({ author, date, robot, changes: [{ path, added, deleted }] })` for each commit; `path` is the name the file has
 * today. Resolves to `{ commits, cut }`; `cut` says why reading stopped early, if it did.
 */
export async function readLog(root, commitsMax, onCommit) {
  const format = '--format=%x01%aN%x02%aE%x02%cI';
  const args = [
    'log',
    '-z',
    '-M',
    '-l400',
    '--numstat',
    '--no-merges',
    '--no-ext-diff',
    '--no-textconv',
    `--max-count=${commitsMax}`,
    format,
  ];
  const { command, argv, options } = gitInvocation(root, args);
  const child = spawn(command, argv, options);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, timeMsMax);
  const parser = new LogParser(onCommit);
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout) parser.push(chunk);
  clearTimeout(timer);
  parser.finish();
  const cut = timedOut ? `reading the log stopped after ${timeMsMax / 1000} s` : undefined;
  return { commits: parser.commits, cut };
}

/** Takes the output apart at its NUL bytes. A rename is an entry with an empty path, then the old path, then the new one. */
class LogParser {
  constructor(onCommit) {
    this.onCommit = onCommit;
    this.commits = 0;
    this.rest = '';
    this.commit = undefined;
    this.renameParts = [];
    this.pendingRename = undefined;
    this.namesToday = new Map();
  }

  push(chunk) {
    const parts = (this.rest + chunk).split('\0');
    this.rest = parts.pop();
    for (const part of parts) this.take(part);
  }

  finish() {
    if (this.rest !== '') this.take(this.rest);
    this.flush();
  }

  take(part) {
    if (this.pendingRename !== undefined) this.takeRenamePart(part);
    else if (part.startsWith('\u0001')) this.start(part);
    else this.takeChange(part.startsWith('\n') ? part.slice(1) : part);
  }

  start(part) {
    this.flush();
    const [name = '', email = '', date = ''] = part.slice(1).split('\u0002');
    const author = name.trim() === '' ? 'unknown' : name.trim().slice(0, 80);
    // Identity is the name: one person often has several addresses. The address only tells robots and the nameless apart.
    const identity = name.trim() === '' ? createHash('sha256').update(email).digest('hex') : author.toLowerCase();
    this.commit = { author, identity, robot: robot.test(name) || robot.test(email), date: date.trim(), changes: [] };
  }

  takeChange(part) {
    const match = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(part);
    if (match === null || this.commit === undefined) return;
    const change = { added: Number(match[1]) || 0, deleted: Number(match[2]) || 0, path: match[3] };
    if (change.path === '') this.pendingRename = change;
    else this.addChange(change, change.path);
  }

  takeRenamePart(part) {
    this.renameParts.push(part);
    if (this.renameParts.length < 2) return;
    const [before, after] = this.renameParts;
    const change = this.pendingRename;
    this.pendingRename = undefined;
    this.renameParts = [];
    this.addChange(change, after);
    // Going back in time: below this commit the file's earlier name means the file that exists today.
    this.commit.renames ??= [];
    this.commit.renames.push([before, this.nameToday(after)]);
  }

  addChange(change, path) {
    this.commit.changes.push({ path: this.nameToday(path), added: change.added, deleted: change.deleted });
  }

  nameToday(path) {
    return this.namesToday.get(path) ?? path;
  }

  flush() {
    if (this.commit === undefined) return;
    for (const [before, today] of this.commit.renames ?? []) this.namesToday.set(before, today);
    this.commits++;
    this.onCommit(this.commit);
    this.commit = undefined;
  }
}
