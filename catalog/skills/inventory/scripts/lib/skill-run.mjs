// @generated from catalog/shared/skill-run.mjs by catalog/copy-shared.mjs; change it there.

// How a skill's script talks to whoever runs it: an input file, an output folder, progress lines, one result.
//
// Protocol: CHORALE_INPUT is the path of a JSON file that holds at least `repository`; CHORALE_OUTPUT is a folder for
// `result.json` and artifacts. Without the variables the script takes `<repository> <output folder>` as arguments,
// so that a person, or a client that knows nothing of Chorale, can run it too.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const severities = ['critical', 'high', 'medium', 'low', 'info'];
const confidences = ['high', 'medium', 'low'];
// A result travels as data between tasks; what exceeds this is counted, and the highest ranks are kept.
const findingsMax = 400;
const findingsPerRuleMax = 120;
const textLengthMax = 600;

/** Runs `work({ input, repository, output, progress, writeArtifact })`, which returns `{ summary, findings, metrics, notes }`. */
export async function runSkill(skill, work) {
  const started = process.hrtime.bigint();
  try {
    const { input, output } = readProtocol();
    mkdirSync(output, { recursive: true });
    const context = {
      input,
      output,
      repository: resolve(input.repository),
      progress: (line) => process.stdout.write(`${skill}: ${line}\n`),
      writeArtifact: (name, content) => writeFileSync(join(output, name), content),
    };
    const result = await work(context);
    writeFileSync(join(output, 'result.json'), `${JSON.stringify({ skill, ...result }, null, 1)}\n`);
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    context.progress(`done, ${result.findings.length} findings, ${seconds.toFixed(1)} s`);
  } catch (error) {
    process.stderr.write(`${skill}: failed: ${error.stack ?? error}\n`);
    process.exitCode = 1;
  }
}

function readProtocol() {
  const [repository, folder] = process.argv.slice(2);
  const inputPath = process.env.CHORALE_INPUT;
  const output = process.env.CHORALE_OUTPUT ?? folder;
  if (output === undefined)
    throw new Error('no output folder: set CHORALE_OUTPUT, or run with <repository> <output folder>');
  const input = inputPath === undefined ? { repository } : parseInput(inputPath);
  input.repository ??= '/repo';
  return { input, output };
}

function parseInput(path) {
  let input;
  try {
    input = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`the input file ${path} is not readable JSON: ${error.message}`, { cause: error });
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new Error(`the input file ${path} must hold an object`);
  return input;
}

/**
 * Collects findings. `rules` maps a rule's name to `{ title, why, fix }`, the text a report shows once per rule.
 * A finding's id depends on rule, file and `key` (not on the line), so that it stays the same when code above it moves.
 */
export class Findings {
  constructor(skill, rules) {
    this.skill = skill;
    this.rules = rules;
    this.items = [];
    this.seen = new Map();
    this.weights = new WeakMap();
  }

  /** `weight` orders findings of equal severity and confidence, heaviest first. */
  add({ rule, severity, title, file, line, detail, fix, confidence = 'high', key = title, weight = 0 }) {
    if (this.rules[rule] === undefined) throw new Error(`rule ${rule} is not declared`);
    if (!severities.includes(severity) || !confidences.includes(confidence))
      throw new Error(`rule ${rule}: bad severity or confidence`);
    const base = createHash('sha256')
      .update(`${rule}\0${file ?? ''}\0${key}`)
      .digest('hex')
      .slice(0, 12);
    const repeat = this.seen.get(base) ?? 0;
    this.seen.set(base, repeat + 1);
    const item = {
      id: `${this.skill}.${rule}:${base}${repeat === 0 ? '' : `-${repeat}`}`,
      rule,
      severity,
      title: bounded(title),
    };
    if (file !== undefined) item.file = file;
    if (line !== undefined) item.line = line;
    item.detail = bounded(detail ?? '');
    if (fix !== undefined) item.fix = bounded(fix);
    item.confidence = confidence;
    this.weights.set(item, weight);
    this.items.push(item);
  }

  /** `{ findings, rules, counts, notes }`: ranked, bounded, and saying what was left out. */
  finish() {
    const sorted = this.items.toSorted(
      (a, b) => compareRank(a, b) || this.weights.get(b) - this.weights.get(a) || compareFindings(a, b),
    );
    const counts = Object.fromEntries(
      severities.map((name) => [name, sorted.filter((item) => item.severity === name).length]),
    );
    const perRule = new Map();
    const kept = [];
    for (const item of sorted) {
      const count = (perRule.get(item.rule) ?? 0) + 1;
      perRule.set(item.rule, count);
      if (count <= findingsPerRuleMax && kept.length < findingsMax) kept.push(item);
    }
    const notes = [];
    if (kept.length < sorted.length)
      notes.push(`${sorted.length - kept.length} lower-ranked findings are counted but not listed.`);
    const rules = Object.fromEntries(Object.entries(this.rules).filter(([name]) => perRule.has(name)));
    return { findings: kept, rules, counts, notes };
  }
}

function compareRank(left, right) {
  return (
    severities.indexOf(left.severity) - severities.indexOf(right.severity) ||
    confidences.indexOf(left.confidence) - confidences.indexOf(right.confidence)
  );
}

function compareFindings(left, right) {
  return (
    compareRank(left, right) ||
    compareText(left.rule, right.rule) ||
    compareText(left.file ?? '', right.file ?? '') ||
    (left.line ?? 0) - (right.line ?? 0) ||
    compareText(left.title, right.title) ||
    compareText(left.id, right.id)
  );
}

/** By code unit, so that the order never depends on the machine's locale. */
export function compareText(left, right) {
  return left < right ? -1 : left > right ? 1 : 0;
}

function bounded(text) {
  const clean = text.replaceAll(/(?![\t\n])\p{Cc}/gu, '\uFFFD');
  return clean.length <= textLengthMax ? clean : `${clean.slice(0, textLengthMax - 1)}…`;
}

export function percent(part, whole) {
  return whole === 0 ? 0 : Math.round((1000 * part) / whole) / 10;
}

export function plural(count, noun, many = `${noun}s`) {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : many}`;
}
