// Compares versions the way each ecosystem does, as far as telling "older than the fix" needs it.

/** Negative, zero or positive. Unreadable versions compare as text, so that the answer is at least stable. */
export function compareVersions(ecosystem, left, right) {
  if (ecosystem === 'PyPI') return comparePython(left, right);
  if (ecosystem === 'Maven') return compareMaven(left, right);
  return compareSemver(left, right);
}

function compareSemver(left, right) {
  const [a, b] = [splitSemver(left), splitSemver(right)];
  for (let index = 0; index < Math.max(a.numbers.length, b.numbers.length); index++) {
    const difference = (a.numbers[index] ?? 0) - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.pre === b.pre) return 0;
  // A pre-release comes before its release.
  if (a.pre === '') return 1;
  if (b.pre === '') return -1;
  return compareParts(a.pre.split('.'), b.pre.split('.'));
}

function splitSemver(version) {
  const match = /^[v=\s]*(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.-]+))?/.exec(version);
  return match === null
    ? { numbers: [], pre: version }
    : { numbers: match[1].split('.').map(Number), pre: match[2] ?? '' };
}

function compareParts(left, right) {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [a, b] = [left[index], right[index]];
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
    const [numberA, numberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
    if (numberA && numberB && Number(a) !== Number(b)) return Number(a) - Number(b);
    if (numberA !== numberB) return numberA ? -1 : 1;
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

const pythonStages = {
  dev: -4,
  a: -3,
  alpha: -3,
  b: -2,
  beta: -2,
  c: -1,
  rc: -1,
  pre: -1,
  preview: -1,
  post: 1,
  rev: 1,
  r: 1,
};

/** PEP 440 without local versions. */
function comparePython(left, right) {
  const [a, b] = [splitPython(left), splitPython(right)];
  for (const part of ['epoch', 'numbers', 'stage']) {
    const difference = compareNumbers(a[part], b[part]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function splitPython(version) {
  const match = /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(.*)$/.exec(version.toLowerCase().replace(/\+.*$/, ''));
  if (match === null) return { epoch: [0], numbers: [], stage: [0, 0] };
  const numbers = match[2].split('.').map(Number);
  while (numbers.length > 1 && numbers.at(-1) === 0) numbers.pop();
  const stages = [...match[3].matchAll(/[._-]?(dev|alpha|beta|preview|pre|post|rev|rc|a|b|c|r)[._-]?(\d*)/g)];
  const stage = stages.flatMap((item) => [pythonStages[item[1]] ?? 0, Number(item[2] || 0)]);
  return { epoch: [Number(match[1] ?? 0)], numbers, stage: stage.length === 0 ? [0, 0] : stage };
}

function compareNumbers(left, right) {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const mavenStages = [
  'alpha',
  'a',
  'beta',
  'b',
  'milestone',
  'm',
  'rc',
  'cr',
  'snapshot',
  '',
  'final',
  'ga',
  'release',
  'sp',
];

function compareMaven(left, right) {
  const split = (version) => version.toLowerCase().split(/[.-]|(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)/);
  const [a, b] = [split(left), split(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = rankMaven(a[index]) - rankMaven(b[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Numbers rank above every word that marks what comes before or at a release. */
function rankMaven(part = '') {
  if (/^\d+$/.test(part)) return Number(part) === 0 ? 0 : 1000 + Number(part);
  const stage = mavenStages.indexOf(part);
  const release = mavenStages.indexOf('');
  if (stage === -1) return 0.5;
  return stage >= release && stage < mavenStages.length - 1 ? 0 : stage - release;
}
