// One search over many files. What is found is described, never repeated: no value, and no part of one that is not the same for all of its kind.

import { createHash } from 'node:crypto';
import { allowlistName, isAllowedInline, readAllowlist } from './allowlist.mjs';
import { findAssignments, isPlaceholder } from './assignments.mjs';
import { entropyOf } from './checksums.mjs';
import { Findings, plural, severities } from './lib/skill-run.mjs';
import { fileKinds, kinds } from './rules.mjs';
import { WordFinder } from './word-finder.mjs';

const candidatesPerFileMax = 50;
const entropyMinDefault = 3;
const placesShown = 4;
const revoke =
  'Revoke it first, check whether it was used, then remove it; the history keeps every version, so removing alone does not help.';

const rules = {
  ...Object.fromEntries(
    kinds.map((kind) => [
      kind.id,
      { title: kind.kind, why: 'Whoever can read the repository, now or later, can act with it.', fix: revoke },
    ]),
  ),
  'assigned-secret': {
    title: 'Password or key written as a literal',
    why: 'Credentials in code are copied with every clone and cannot be changed without a release.',
    fix: `Read it from the environment or a secret store. ${revoke}`,
  },
  'url-login': {
    title: 'Login inside an address',
    why: 'Addresses end up in logs, error messages and shell histories.',
    fix: `Keep the login out of the address. ${revoke}`,
  },
  'secret-file': {
    title: 'File made to hold keys or passwords',
    why: 'Such files rarely belong in a repository, whatever they hold now.',
    fix: 'Remove it, ignore its name, and replace the keys it held.',
  },
};

// One pass decides for most files that none of the kinds has to be looked for.
const finder = new WordFinder(kinds.flatMap((kind) => kind.words));

export class Search {
  constructor(root) {
    this.findings = new Findings('secrets', rules);
    this.allowlist = readAllowlist(root);
    this.allowed = 0;
    this.scanned = 0;
    this.values = new Map();
    this.kindCounts = new Map();
    this.pending = [];
  }

  checkName(file) {
    const kind = fileKinds.find((item) => item.pattern.test(file.path));
    if (kind === undefined || file.bytes === 0 || file.skipped === 'link') return;
    if (this.allowlist.allows(file.path, 'secret-file')) return void this.allowed++;
    const lowered = isExampleFile(file);
    this.count(kind.kind, lowered);
    this.findings.add({
      rule: 'secret-file',
      severity: lowered ? 'info' : kind.severity,
      title: kind.kind,
      file: file.path,
      detail: `By its name this is: ${kind.kind}.${lowered ? ' It lies among tests or examples.' : ''}`,
      confidence: lowered ? 'low' : 'medium',
    });
  }

  scan(file, text) {
    this.scanned++;
    const candidates = [];
    const words = finder.find(text);
    if (words.size > 0) {
      for (const kind of kinds) if (kind.words.some((word) => words.has(word))) collect(kind, text, candidates);
    }
    candidates.push(...findAssignments(file, text).map((item) => ({ ...item, generic: true })));
    const taken = [];
    for (const candidate of candidates.slice(0, candidatesPerFileMax)) {
      // A value that a rule with a form of its own explains is not reported again as an assignment.
      const overlaps = taken.some(
        (other) => candidate.index < other.end && candidate.index + candidate.length > other.start,
      );
      if (overlaps) continue;
      taken.push({ start: candidate.index, end: candidate.index + candidate.length });
      this.report(file, text, candidate);
    }
  }

  report(file, text, candidate) {
    const lineStart = text.lastIndexOf('\n', candidate.index - 1) + 1;
    const lineEnd = text.indexOf('\n', candidate.index);
    const line = text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd);
    if (isAllowedInline(line) || this.allowlist.allows(file.path, candidate.id)) return void this.allowed++;
    const judged = candidate.generic ? judgeAssignment(file, candidate) : judgeKind(file, candidate);
    const hash = createHash('sha256').update(candidate.value).digest('hex');
    this.values.set(hash, (this.values.get(hash) ?? 0) + 1);
    this.count(candidate.generic ? rules[candidate.id].title : candidate.kind.kind, judged.lowered);
    this.pending.push({ file: file.path, line: lineOf(text, candidate.index), rule: candidate.id, hash, ...judged });
  }

  count(kind, lowered) {
    const entry = this.kindCounts.get(kind) ?? { kind, count: 0, downRanked: 0 };
    entry.count++;
    if (lowered) entry.downRanked++;
    this.kindCounts.set(kind, entry);
  }

  /** What lies among tests and examples and proves nothing is one line per kind, not a page. */
  addGrouped() {
    const groups = new Map();
    for (const item of this.pending.filter((candidate) => candidate.grouped))
      groups.set(item.rule, [...(groups.get(item.rule) ?? []), item]);
    for (const [rule, items] of groups) {
      const [first] = items;
      const shown = items.slice(0, placesShown).map((item) => `${item.file}:${item.line}`);
      const more = items.length > placesShown ? `, and ${items.length - placesShown} more` : '';
      this.findings.add({
        rule,
        severity: first.severity,
        title: `${rules[rule].title}, among tests or examples`,
        file: first.file,
        line: first.line,
        detail: `${plural(items.length, 'place')}: ${shown.join(', ')}${more}. Probably made up for the test; make sure that none of them works anywhere.`,
        confidence: 'low',
        key: 'examples',
      });
    }
  }

  result(listed) {
    for (const { hash, ...finding } of this.pending.filter((item) => !item.grouped)) {
      const places = this.values.get(hash);
      this.findings.add({
        ...finding,
        detail: places > 1 ? `${finding.detail} The same value stands in ${places} places.` : finding.detail,
      });
    }
    this.addGrouped();
    const before = this.findings.items.length;
    this.findings.items = this.findings.items.filter((item) => !this.allowlist.allowsId(item.id));
    this.allowed += before - this.findings.items.length;
    const finished = this.findings.finish();
    const notes = [...listed.notes];
    if (this.allowlist.entries > 0)
      notes.push(`${allowlistName} has ${plural(this.allowlist.entries, 'entry', 'entries')}.`);
    if (this.allowed > 0)
      notes.push(`${plural(this.allowed, 'finding')} allowed by ${allowlistName} or by a mark on the line.`);
    notes.push('Only the files as they are now were read, not earlier versions in the history.');
    const serious = finished.counts.critical + finished.counts.high;
    const lesser = this.findings.items.length - serious;
    const found = serious === 0 ? 'No likely credentials' : plural(serious, 'likely credential');
    const headline = `${found} in ${plural(this.scanned, 'file')}${lesser === 0 ? '' : `; ${plural(lesser, 'lesser sign')}`}.`;
    return {
      summary: { headline, scanned: this.scanned, kinds: kinds.length + 2, allowed: this.allowed },
      ...finished,
      metrics: { kinds: [...this.kindCounts.values()].sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1)) },
      notes: [...notes, ...finished.notes],
    };
  }
}

function collect(kind, text, candidates) {
  for (const match of text.matchAll(kind.pattern)) {
    const value = match[1] ?? match[0];
    if (!looksRandom(value) || entropyOf(value) < (kind.entropyMin ?? entropyMinDefault)) continue;
    const checked = kind.check?.(value);
    if (kind.mustCheck && checked !== 'right') continue;
    candidates.push({ id: kind.id, kind, index: match.index, length: match[0].length, value, checked });
    if (candidates.length >= candidatesPerFileMax) return;
  }
}

/** Issued credentials are random; names of functions and constants that begin alike are words. */
function looksRandom(value) {
  if (!/\d/.test(value) && !(/[a-z]/.test(value) && /[A-Z]/.test(value))) return false;
  return !/^[a-z]+(?:_[a-z]+)+\d*$/.test(value);
}

function isExampleFile(file) {
  return (
    file.test === true ||
    file.example === true ||
    file.kind === 'prose' ||
    file.kind === 'markup' ||
    /(?:^|[/._-])(?:example|sample|template|dist|mock|fake|dummy|spec|test)s?(?:[/._-]|$)/i.test(file.path)
  );
}

/** A right checksum outweighs where it was found: a real token in a test is a real token. */
function judgeKind(file, { kind, value, checked }) {
  const where = isExampleFile(file) || file.vendored === true;
  const placeholder = isPlaceholder(value);
  const certain = checked === 'right' && kind.id !== 'private-key';
  const lowered = checked === 'wrong' || placeholder || (where && !certain);
  const reasons = [
    `A value of ${value.length} characters in the form of: ${kind.kind}${kind.shown === undefined ? '' : ` (${kind.shown}…)`}.`,
    checked === 'right'
      ? 'Its checksum or structure is right.'
      : checked === 'wrong'
        ? 'Its checksum or structure is wrong, so it is probably an example.'
        : '',
    placeholder ? 'It looks like a placeholder.' : '',
    where ? 'It lies among tests, examples, documents or vendored code.' : '',
    kind.live === false ? 'By itself it only names an account; look for the secret that belongs to it.' : '',
  ];
  return {
    severity: lowered ? lower(kind.severity, 3) : kind.severity,
    title: kind.kind,
    detail: reasons.filter((reason) => reason !== '').join(' '),
    confidence: lowered ? 'low' : certain || checked === 'right' || kind.shown !== undefined ? 'high' : 'medium',
    lowered,
    grouped: lowered && where,
  };
}

function judgeAssignment(file, { id, name, value, entropy }) {
  const lowered = isExampleFile(file) || file.vendored === true;
  const shown = id === 'url-login' ? `The ${name} carries a password` : `\`${name}\` is set to a literal`;
  const strong = entropy >= 3.5 && value.length >= 16;
  return {
    severity: lowered ? 'info' : strong ? 'high' : 'medium',
    title: id === 'url-login' ? 'Login inside an address' : `\`${name}\` holds a literal`,
    detail: `${shown} of ${value.length} characters with ${entropy.toFixed(1)} bits of entropy per character.${lowered ? ' It lies among tests, examples or documents.' : ''}`,
    confidence: lowered ? 'low' : 'medium',
    lowered,
    grouped: lowered,
  };
}

function lower(severity, steps) {
  return severities[Math.min(severities.length - 1, severities.indexOf(severity) + steps)];
}

function lineOf(text, index) {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
