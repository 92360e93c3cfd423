// What the measured functions add up to, kept small: counts for all, details for the foremost.

import { compareText } from './lib/skill-run.mjs';

const ranges = [
  ['1', 1],
  ['2–5', 5],
  ['6–10', 10],
  ['11–20', 20],
  ['21–50', 50],
  ['over 50', Infinity],
];
const detailsMax = 20_000;

export class Statistics {
  constructor() {
    this.total = 0;
    this.counts = ranges.map(() => 0);
    this.byLanguage = new Map();
    this.details = [];
    this.files = [];
  }

  add(file, functions) {
    const language = this.byLanguage.get(file.language) ?? { values: [], lines: 0 };
    let sum = 0;
    for (const item of functions) {
      this.total++;
      sum += item.cyclomatic;
      this.counts[ranges.findIndex(([, max]) => item.cyclomatic <= max)]++;
      language.values.push(item.cyclomatic);
      language.lines += item.lines;
      if (isWorthKeeping(item)) this.details.push({ file: file.path, ...item });
    }
    if (functions.length > 0) this.byLanguage.set(file.language, language);
    if (file.lines >= 500)
      this.files.push({ file: file.path, lines: file.lines, functions: functions.length, cyclomatic: sum });
    if (this.details.length > detailsMax * 2) this.details = this.foremost().slice(0, detailsMax);
  }

  over(limit) {
    return this.counts.reduce((sum, count, index) => ((ranges[index - 1]?.[1] ?? 0) >= limit ? sum + count : sum), 0);
  }

  histogram() {
    return ranges.map(([range], index) => ({ range, functions: this.counts[index] }));
  }

  languages() {
    const rows = [...this.byLanguage].map(([language, { values, lines }]) => {
      values.sort((a, b) => a - b);
      const at = (share) => values[Math.min(values.length - 1, Math.floor(values.length * share))];
      return {
        language,
        functions: values.length,
        median: at(0.5),
        p90: at(0.9),
        max: values.at(-1),
        meanLines: Math.round((10 * lines) / values.length) / 10,
      };
    });
    return rows.sort((a, b) => b.functions - a.functions || compareText(a.language, b.language));
  }

  /** Hardest to read first. */
  foremost() {
    return this.details.sort(
      (a, b) =>
        b.cognitive - a.cognitive || b.cyclomatic - a.cyclomatic || compareText(a.file, b.file) || a.line - b.line,
    );
  }

  longestFiles() {
    return this.files.sort((a, b) => b.lines - a.lines || compareText(a.file, b.file));
  }
}

function isWorthKeeping(item) {
  return (
    item.cognitive >= 15 || item.cyclomatic >= 15 || item.nesting >= 6 || item.lines >= 250 || item.parameters >= 9
  );
}
