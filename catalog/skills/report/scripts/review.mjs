// Joins what the specialists found into one model that every form of the report is made from.
//
// Invariants: V1 what a specialist wrote is checked here once; later code may rely on its shape.
//             V2 a specialist that gave nothing is named, never passed over.
//             V3 the order of findings depends on their content only.

import { lstatSync, readFileSync } from 'node:fs';
import { compareReviews } from './changes.mjs';
import { severities } from './lib/skill-run.mjs';

export const areaTitles = {
  inventory: 'Inventory',
  history: 'History and ownership',
  dependencies: 'Dependencies',
  secrets: 'Secrets',
  complexity: 'Complexity',
  duplication: 'Duplication',
  tests: 'Tests',
  documentation: 'Documentation',
  licences: 'Licences',
};
const severityWeight = { critical: 1000, high: 300, medium: 60, low: 8, info: 1 };
const confidenceWeight = { high: 1, medium: 0.6, low: 0.25 };
const topCount = 20;
const topPerRuleMax = 3;
const resultBytesMax = 32 * 1024 * 1024;
const notesMax = 30;

/** `{ repository, areas, findings, top, rules, counts, missing }` from the input's `results`. */
export function joinReview(input) {
  const given = typeof input.results === 'object' && input.results !== null ? input.results : {};
  const expected = [...new Set([...Object.keys(areaTitles), ...Object.keys(given)])];
  const areas = expected.map((skill) => readArea(skill, given[skill]));
  const findings = areas.flatMap((area) =>
    area.findings.map((finding) => ({ ...finding, skill: area.skill, score: scoreOf(finding) })),
  );
  // Stable: findings of one score stay in the order their specialist gave them.
  findings.sort((a, b) => b.score - a.score);
  findings.forEach((finding, index) => (finding.rank = index + 1));
  const review = {
    repository: identify(input, areas),
    areas,
    findings,
    top: chooseTop(findings),
    rules: Object.fromEntries(
      areas.flatMap((area) => Object.entries(area.rules).map(([name, rule]) => [`${area.skill}.${name}`, rule])),
    ),
    counts: Object.fromEntries(
      severities.map((name) => [name, areas.reduce((sum, area) => sum + area.counts[name], 0)]),
    ),
    missing: areas
      .filter((area) => area.status === 'missing')
      .map(({ skill, title, reason }) => ({ skill, title, reason })),
  };
  return { ...review, changes: compareReviews(review, input.earlier) };
}

export function scoreOf(finding) {
  return severityWeight[finding.severity] * confidenceWeight[finding.confidence];
}

function readArea(skill, given) {
  const title = areaTitles[skill] ?? skill;
  const absent = (reason) => ({
    skill,
    title,
    status: 'missing',
    reason,
    summary: {},
    metrics: {},
    findings: [],
    rules: {},
    counts: emptyCounts(),
    notes: [],
  });
  if (given === undefined || given === null)
    return absent('It gave no result: it failed, was skipped, or was not part of this run.');
  const read = typeof given === 'string' ? readResultFile(given) : { result: given };
  if (read.result === undefined) return absent(read.reason);
  const result = read.result;
  if (typeof result !== 'object' || Array.isArray(result) || !Array.isArray(result.findings))
    return absent('Its result does not have the form of a skill result.');
  const findings = result.findings.map(checkFinding).filter((finding) => finding !== undefined);
  const notes = (Array.isArray(result.notes) ? result.notes : [])
    .filter((note) => typeof note === 'string')
    .slice(0, notesMax);
  const refused = result.findings.length - findings.length;
  if (refused > 0) notes.push(`${refused} findings did not have the form of a finding and were left out.`);
  const counts = readCounts(result.counts, findings);
  return {
    skill,
    title,
    status: statusOf(findings, objectOr(result.summary).empty === true),
    summary: objectOr(result.summary),
    metrics: objectOr(result.metrics),
    findings,
    rules: readRules(result.rules),
    counts,
    notes,
  };
}

function readResultFile(path) {
  try {
    if (lstatSync(path).size > resultBytesMax) return { reason: 'Its result file is too large to read.' };
    return { result: JSON.parse(readFileSync(path, 'utf8')) };
  } catch (error) {
    return { reason: `Its result file could not be read: ${error.message}` };
  }
}

function objectOr(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function checkFinding(finding) {
  if (typeof finding !== 'object' || finding === null) return undefined;
  if (!severities.includes(finding.severity) || typeof finding.title !== 'string') return undefined;
  const confidence = Object.hasOwn(confidenceWeight, finding.confidence) ? finding.confidence : 'medium';
  const checked = {
    id: String(finding.id ?? finding.title),
    rule: String(finding.rule ?? 'finding'),
    severity: finding.severity,
    title: finding.title,
  };
  if (typeof finding.file === 'string') checked.file = finding.file;
  if (Number.isInteger(finding.line) && finding.line > 0) checked.line = finding.line;
  checked.detail = typeof finding.detail === 'string' ? finding.detail : '';
  if (typeof finding.fix === 'string') checked.fix = finding.fix;
  return { ...checked, confidence };
}

function readRules(rules) {
  const read = {};
  for (const [name, rule] of Object.entries(objectOr(rules))) {
    const { title, why, fix } = objectOr(rule);
    read[name] = { title: String(title ?? name), why: String(why ?? ''), fix: String(fix ?? '') };
  }
  return read;
}

function emptyCounts() {
  return Object.fromEntries(severities.map((name) => [name, 0]));
}

/** A specialist counts all it found and lists the foremost; its own count is believed when it is not below the list. */
function readCounts(stated, findings) {
  const counts = emptyCounts();
  for (const finding of findings) counts[finding.severity]++;
  for (const name of severities) {
    const value = objectOr(stated)[name];
    if (Number.isInteger(value) && value > counts[name]) counts[name] = value;
  }
  return counts;
}

function statusOf(findings, isEmpty) {
  if (isEmpty && findings.length === 0) return 'empty';
  const weighty = findings.filter((finding) => finding.confidence !== 'low');
  if (weighty.some((finding) => finding.severity === 'critical' || finding.severity === 'high')) return 'problem';
  return weighty.some((finding) => finding.severity === 'medium') ? 'attention' : 'fine';
}

function identify(input, areas) {
  const source = typeof input.source === 'string' && input.source !== '' ? stripCredentials(input.source) : undefined;
  const inventory = areas.find((area) => area.skill === 'inventory')?.summary ?? {};
  const named =
    typeof input.name === 'string' && input.name !== '' ? input.name : nameOf(source ?? String(input.repository ?? ''));
  const head = objectOr(inventory.head);
  return {
    name: named,
    ...(source === undefined ? {} : { source }),
    ...(typeof head.commit === 'string'
      ? { commit: head.commit, commitDate: String(head.date ?? ''), commitSubject: String(head.subject ?? '') }
      : {}),
  };
}

/** A URL may carry a user name and a token; a report is passed around. */
function stripCredentials(source) {
  return source.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1');
}

function nameOf(source) {
  const last = source.replace(/\/+$/, '').split(/[/:]/).at(-1) ?? '';
  return last.replace(/\.git$/, '') || 'repository';
}

/** The foremost findings, with few of one kind, so that one noisy rule cannot hide everything else. */
function chooseTop(findings) {
  const perRule = new Map();
  const top = [];
  for (const finding of findings) {
    const key = `${finding.skill}.${finding.rule}`;
    const count = (perRule.get(key) ?? 0) + 1;
    perRule.set(key, count);
    if (count <= topPerRuleMax && finding.severity !== 'info' && top.length < topCount) top.push(finding);
  }
  return top;
}
