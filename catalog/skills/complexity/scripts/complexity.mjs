// How hard the functions of a repository are to follow.

import { isOwnCode, listRepository, readText } from './lib/repository.mjs';
import { compareText, Findings, plural, runSkill } from './lib/skill-run.mjs';
import { profileOf } from './lib/token-profiles.mjs';
import { TokenScanner } from './lib/tokens.mjs';
import { measureFile } from './measure-file.mjs';
import { Statistics } from './statistics.mjs';

const functionsShown = 60;
const filesShown = 30;

const rules = {
  'complex-function': {
    title: 'Function that is hard to follow',
    why: 'A reader must keep too many conditions in mind, a test must take too many paths, and mistakes gather here.',
    fix: 'Take the innermost blocks out into functions with a name, return early, replace flags by separate functions.',
  },
  'deep-nesting': {
    title: 'Deeply nested code',
    why: 'Each level is a condition that holds for everything inside, and has to be remembered while reading.',
    fix: 'Turn conditions around and return early, or take the inner part out.',
  },
  'long-function': {
    title: 'Very long function',
    why: 'What does many things in a row can be neither named nor tested nor used again in parts.',
    fix: 'Divide it along the comments or blank lines that already part it.',
  },
  'many-parameters': {
    title: 'Function with many parameters',
    why: 'Calls cannot be read without looking up the order, and two of them are easily swapped.',
    fix: 'Pass one object with named fields, or divide the function.',
  },
  'long-file': {
    title: 'Very long source file',
    why: 'It usually holds several things that change for different reasons.',
    fix: 'Divide it by subject.',
  },
};

await runSkill('complexity', ({ input, repository, progress }) => {
  const listed = listRepository({ input, repository, progress });
  const scanner = new TokenScanner();
  const statistics = new Statistics();
  let count = 0;
  for (const file of listed.files) {
    const profile = profileOf(file.language);
    if (profile?.family === undefined || !isOwnCode(file) || file.test || file.example) continue;
    const text = readText(repository, file);
    if (text === undefined) continue;
    scanner.scan(text, profile);
    statistics.add(file, measureFile(scanner, profile.family));
    if (++count % 5_000 === 0) progress(`${count} files measured`);
  }
  const findings = new Findings('complexity', rules);
  report(findings, statistics);
  const finished = findings.finish();
  progress(`${plural(statistics.total, 'function')} in ${plural(count, 'file')}`);
  return {
    summary: summarize(statistics, count),
    ...finished,
    metrics: {
      histogram: statistics.histogram(),
      languages: statistics.languages(),
      functions: statistics.foremost().slice(0, functionsShown),
      files: statistics.longestFiles().slice(0, filesShown),
    },
    notes: [...listed.notes, ...notesOn(listed.files), ...finished.notes],
  };
});

/** Languages that were there and not measured, so that silence is not taken for simplicity. */
function notesOn(files) {
  const unmeasured = new Map();
  for (const file of files) {
    if (!isOwnCode(file) || file.test || file.example || profileOf(file.language)?.family !== undefined) continue;
    unmeasured.set(file.language ?? 'unknown', (unmeasured.get(file.language ?? 'unknown') ?? 0) + file.lines);
  }
  const large = [...unmeasured]
    .filter(([, lines]) => lines >= 500)
    .sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
  if (large.length === 0) return [];
  return [
    `Not measured: ${large
      .slice(0, 8)
      .map(([language, lines]) => `${language} (${lines.toLocaleString('en-US')} lines)`)
      .join(', ')}.`,
  ];
}

function summarize(statistics, files) {
  if (statistics.total === 0)
    return { headline: 'No functions in a language that is measured were found.', functions: 0, empty: true };
  const [worst] = statistics.foremost();
  const share = Math.round((1000 * statistics.over(10)) / statistics.total) / 10;
  const end = worst === undefined ? '' : ` The hardest to follow is ${worst.name} in ${worst.file}.`;
  return {
    headline: `${plural(statistics.total, 'function')} in ${plural(files, 'file')}; ${share} % have a cyclomatic complexity over 10.${end}`,
    functions: statistics.total,
    files,
    over10: statistics.over(10),
    over20: statistics.over(20),
  };
}

function report(findings, statistics) {
  for (const item of statistics.foremost()) reportFunction(findings, item);
  for (const file of statistics.longestFiles()) {
    if (file.lines < 2_000) continue;
    findings.add({
      rule: 'long-file',
      severity: file.lines >= 5_000 ? 'low' : 'info',
      title: `File of ${plural(file.lines, 'line')}`,
      file: file.file,
      line: 1,
      detail: `It holds ${plural(file.functions, 'function')} with a complexity of ${file.cyclomatic.toLocaleString('en-US')} together.`,
      key: 'long-file',
      weight: file.lines,
    });
  }
}

/** Code that is hard to read is never worse than `medium`: it endangers nobody by itself. A long flat switch has many paths and is easy to read; reading effort therefore decides. */
function severityOf({ cyclomatic, cognitive }) {
  if (cognitive >= 50) return 'medium';
  if (cognitive >= 25 || (cyclomatic >= 30 && cognitive >= 15)) return 'low';
  return undefined;
}

function reportFunction(findings, item) {
  const severity = severityOf(item);
  const place = { file: item.file, line: item.line, key: item.name, weight: item.cognitive + item.lines / 1000 };
  const figures = `Cyclomatic complexity ${item.cyclomatic}, cognitive complexity ${item.cognitive}, ${plural(item.lines, 'line')}, ${plural(item.nesting, 'level')} deep, ${plural(item.parameters, 'parameter')}.`;
  if (severity !== undefined)
    findings.add({
      rule: 'complex-function',
      severity,
      title: `${item.name} is hard to follow`,
      ...place,
      detail: figures,
    });
  else if (item.nesting >= 6)
    findings.add({
      rule: 'deep-nesting',
      severity: 'low',
      title: `${item.name} is ${plural(item.nesting, 'level')} deep`,
      ...place,
      detail: figures,
    });
  else if (item.lines >= 250 && item.name !== '(script)')
    findings.add({
      rule: 'long-function',
      severity: 'low',
      title: `${item.name} has ${item.lines} lines`,
      ...place,
      detail: figures,
    });
  else if (item.parameters >= 9)
    findings.add({
      rule: 'many-parameters',
      severity: 'info',
      title: `${item.name} takes ${item.parameters} parameters`,
      ...place,
      detail: figures,
    });
}
