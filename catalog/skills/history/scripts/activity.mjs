// What the commits add up to: when, who, which files, which files together.

import { compareText, percent } from './lib/skill-run.mjs';

const monthsMax = 60;
const filesPerCommitMax = 40;
const pairsMax = 400_000;
const togetherMin = 8;
const degreeMin = 70;

export class Activity {
  constructor(current) {
    /** Paths that exist today; what was deleted since is not counted per file. */
    this.current = current;
    this.months = new Map();
    this.authors = new Map();
    this.files = new Map();
    this.pairs = new Map();
    this.first = undefined;
    this.last = undefined;
  }

  add({ author, identity, robot, date, changes }) {
    const day = date.slice(0, 10);
    const month = date.slice(0, 7);
    this.months.set(month, (this.months.get(month) ?? 0) + 1);
    if (this.last === undefined || day > this.last) this.last = day;
    if (this.first === undefined || day < this.first) this.first = day;
    const person = this.authors.get(identity) ?? { name: author, robot, commits: 0, added: 0, last: day };
    person.commits++;
    if (day > person.last) person.last = day;
    this.authors.set(identity, person);
    for (const change of changes) {
      if (!this.current.has(change.path)) continue;
      person.added += change.added;
      this.addToFile(change, identity, day);
    }
    if (changes.length <= filesPerCommitMax) this.addPairs(changes);
  }

  addToFile(change, identity, day) {
    const file = this.files.get(change.path) ?? {
      path: change.path,
      commits: 0,
      added: 0,
      deleted: 0,
      by: new Map(),
      last: day,
    };
    file.commits++;
    file.added += change.added;
    file.deleted += change.deleted;
    if (day > file.last) file.last = day;
    file.by.set(identity, (file.by.get(identity) ?? 0) + change.added);
    this.files.set(change.path, file);
  }

  addPairs(changes) {
    const paths = changes
      .map((change) => change.path)
      .filter((path) => this.current.get(path)?.kind === 'code')
      .sort(compareText);
    for (let first = 0; first < paths.length; first++) {
      for (let second = first + 1; second < paths.length; second++) {
        if (paths[first] === paths[second]) continue;
        const key = `${paths[first]}\0${paths[second]}`;
        const count = this.pairs.get(key);
        if (count !== undefined) this.pairs.set(key, count + 1);
        else if (this.pairs.size < pairsMax) this.pairs.set(key, 1);
      }
    }
  }

  /** Commits per month, with the empty months; per year when there are too many months to draw. */
  timeline() {
    if (this.first === undefined) return { unit: 'month', items: [] };
    const labels = monthsBetween(this.first.slice(0, 7), this.last.slice(0, 7));
    if (labels.length <= monthsMax)
      return { unit: 'month', items: labels.map((label) => ({ label, commits: this.months.get(label) ?? 0 })) };
    const years = new Map();
    for (const label of labels)
      years.set(label.slice(0, 4), (years.get(label.slice(0, 4)) ?? 0) + (this.months.get(label) ?? 0));
    return { unit: 'year', items: [...years].map(([label, commits]) => ({ label, commits })) };
  }

  people() {
    return [...this.authors.values()].filter((person) => !person.robot);
  }

  /** The smallest number of people who together added more than half of what people added. */
  busFactor() {
    const people = this.people().sort((a, b) => b.added - a.added);
    const total = people.reduce((sum, person) => sum + person.added, 0);
    let reached = 0;
    for (let count = 0; count < people.length; count++) {
      reached += people[count].added;
      if (reached * 2 > total) return count + 1;
    }
    return people.length;
  }

  /** Pairs in different folders or with different names that nearly always change together. */
  coupling() {
    const pairs = [];
    for (const [key, together] of this.pairs) {
      if (together < togetherMin) continue;
      const [a, b] = key.split('\0');
      if (this.current.get(a)?.test || this.current.get(b)?.test || stem(a) === stem(b)) continue;
      const fewer = Math.min(this.files.get(a)?.commits ?? together, this.files.get(b)?.commits ?? together);
      const degree = percent(together, Math.max(fewer, together));
      if (degree >= degreeMin) pairs.push({ a, b, together, degree });
    }
    return pairs.sort(
      (x, y) => y.together * y.degree - x.together * x.degree || compareText(x.a, y.a) || compareText(x.b, y.b),
    );
  }
}

function stem(path) {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\..*$/, '')
    .toLowerCase();
}

function monthsBetween(first, last) {
  const months = [];
  let [year, month] = first.split('-').map(Number);
  const [endYear, endMonth] = last.split('-').map(Number);
  // A commit may claim any date; a bound keeps a wrong clock from drawing centuries.
  while ((year < endYear || (year === endYear && month <= endMonth)) && months.length < 1200) {
    months.push(`${year}-${String(month).padStart(2, '0')}`);
    month = month === 12 ? 1 : month + 1;
    if (month === 1) year++;
  }
  return months;
}
