// Where work and risk concentrate, told by the git history.

import { Activity } from './activity.mjs';
import { inspectHistory, readLog } from './git-log.mjs';
import { findHotspots } from './hotspots.mjs';
import { listRepository } from './lib/repository.mjs';
import { Findings, percent, plural, runSkill } from './lib/skill-run.mjs';
import { findOwnership } from './ownership.mjs';

const commitsMaxDefault = 20_000;
const hotspotsShown = 60;
const tableRowsMax = 40;

const rules = {
  hotspot: {
    title: 'Hotspot: changes often and is complex',
    why: 'Most defects appear in the few files that people change all the time and find hard to read.',
    fix: 'Split it along the reasons for which it changes, and cover it with tests before the next change.',
  },
  'bus-factor': {
    title: 'Few people know most of the code',
    why: 'If they are away, nobody can change most of the system with confidence.',
    fix: 'Let others review and work in these parts; write down what only their authors know.',
  },
  'knowledge-lost': {
    title: 'The main author of a part is no longer active',
    why: 'Nobody active wrote most of this part, so changes to it are slower and riskier.',
    fix: 'Name an owner, and have them read, test and document it before it must change in a hurry.',
  },
  'hidden-coupling': {
    title: 'Files far apart that always change together',
    why: 'Something connects them that the code does not show; whoever changes one will forget the other.',
    fix: 'Bring them together, or make the dependency explicit.',
  },
};

await runSkill('history', async ({ input, repository, progress }) => {
  const state = inspectHistory(repository);
  if (!state.git) return withoutGit();
  const listed = listRepository({ input, repository, progress });
  const current = new Map(listed.files.map((file) => [file.path, file]));
  const activity = new Activity(current);
  const commitsMax = Number.isInteger(input.commitsMax) && input.commitsMax > 0 ? input.commitsMax : commitsMaxDefault;
  progress(`reading ${plural(Math.min(state.total - state.merges, commitsMax), 'commit')}`);
  const { commits, cut } = await readLog(repository, commitsMax, (commit) => activity.add(commit));
  const hotspots = findHotspots(repository, current, activity);
  const ownership = findOwnership(current, activity);
  const coupling = activity.coupling();
  const findings = new Findings('history', rules);
  reportHotspots(findings, hotspots);
  reportPeople(findings, { activity, ownership, shallow: state.shallow });
  reportCoupling(findings, coupling);
  const finished = findings.finish();
  return {
    summary: summarize({ activity, commits, state, hotspots }),
    ...finished,
    metrics: {
      timeline: activity.timeline(),
      hotspots: hotspots.slice(0, hotspotsShown),
      authors: rankAuthors(activity, commits),
      ownership: ownership.slice(0, tableRowsMax),
      coupling: coupling.slice(0, tableRowsMax),
    },
    notes: [...notesOn({ state, commits, cut, commitsMax }), ...finished.notes],
  };
});

function withoutGit() {
  return {
    summary: {
      headline: 'There is no git history here, so nothing can be said about change, ownership or hotspots.',
      commits: 0,
      empty: true,
    },
    ...new Findings('history', rules).finish(),
    metrics: {},
    notes: ['The folder is not a git repository with at least one commit, or git is not installed.'],
  };
}

function notesOn({ state, commits, cut, commitsMax }) {
  const notes = [];
  if (state.shallow)
    notes.push(
      `This is a shallow clone: only its last ${plural(state.total, 'commit')} can be seen. Fetch the full history for figures that mean more.`,
    );
  if (cut !== undefined) notes.push(`Only the newest ${commits} commits were read: ${cut}.`);
  else if (commits >= commitsMax) notes.push(`Only the newest ${commitsMax} commits were read.`);
  return notes;
}

function summarize({ activity, commits, state, hotspots }) {
  const people = activity.people().length;
  const busFactor = activity.busFactor();
  const span = activity.first === undefined ? '' : ` from ${activity.first} to ${activity.last}`;
  const foremost = hotspots[0] === undefined ? '' : ` Foremost hotspot: ${hotspots[0].path}.`;
  const factor = people > 1 ? ` Bus factor ${busFactor}.` : '';
  return {
    headline: `${plural(commits, 'commit')} by ${plural(people, 'author')}${span}.${factor}${foremost}`,
    commits,
    merges: state.merges,
    authors: people,
    robots: activity.authors.size - people,
    first: activity.first,
    last: activity.last,
    shallow: state.shallow,
    busFactor,
  };
}

function rankAuthors(activity, commits) {
  return [...activity.authors.values()]
    .sort((a, b) => b.commits - a.commits || (a.name < b.name ? -1 : 1))
    .slice(0, tableRowsMax)
    .map(({ name, commits: own, last, robot }) => ({
      name: robot ? `${name} (robot)` : name,
      commits: own,
      share: percent(own, commits),
      last,
    }));
}

/** Absolute floors as well as rank: every repository has a highest file, not every one has a hotspot. */
function reportHotspots(findings, hotspots) {
  for (const [index, file] of hotspots.slice(0, 10).entries()) {
    if (file.commits < 10 || file.lines < 200 || file.score < 15) continue;
    const severity = index < 3 && file.commits >= 25 && file.lines >= 400 ? 'medium' : 'low';
    const detail = `${plural(file.commits, 'commit')} by ${plural(file.authors, 'author')} changed ${file.linesChanged.toLocaleString('en-US')} lines; the file has ${plural(file.lines, 'line')} and indentation complexity ${file.complexity}.`;
    findings.add({
      rule: 'hotspot',
      severity,
      title: `Hotspot: ${file.path.slice(file.path.lastIndexOf('/') + 1)}`,
      file: file.path,
      detail,
      confidence: 'medium',
      key: 'hotspot',
      weight: file.score,
    });
  }
}

function reportPeople(findings, { activity, ownership, shallow }) {
  // The last commits of a shallow clone say nothing about who wrote the rest.
  if (shallow) return;
  const people = activity.people().sort((a, b) => b.added - a.added);
  const busFactor = activity.busFactor();
  const ownLines = ownership.reduce((sum, item) => sum + item.lines, 0);
  if (people.length >= 4 && busFactor === 1 && ownLines >= 2_000) {
    const share = percent(
      people[0].added,
      people.reduce((sum, person) => sum + person.added, 0),
    );
    findings.add({
      rule: 'bus-factor',
      severity: 'medium',
      title: 'One person wrote most of the code',
      detail: `${people[0].name} added ${share} % of the lines; ${people.length} people took part in all.`,
      confidence: 'medium',
      key: 'bus-factor',
    });
  }
  const yearBefore =
    activity.last === undefined ? '' : `${Number(activity.last.slice(0, 4)) - 1}${activity.last.slice(4)}`;
  for (const part of ownership) {
    if (part.lines < 1_000 || part.share < 75 || part.mainLast === undefined || part.mainLast >= yearBefore) continue;
    findings.add({
      rule: 'knowledge-lost',
      severity: part.lines >= 5_000 ? 'medium' : 'low',
      title: `The main author of ${part.directory} left`,
      file: part.directory,
      detail: `${part.main} added ${part.share} % of the lines here and last committed on ${part.mainLast}, over a year before the newest commit.`,
      confidence: 'medium',
      key: 'left',
      weight: part.lines,
    });
  }
}

function reportCoupling(findings, coupling) {
  for (const pair of coupling.slice(0, 10)) {
    const folder = (path) => path.slice(0, path.lastIndexOf('/') + 1);
    if (folder(pair.a) === folder(pair.b)) continue;
    findings.add({
      rule: 'hidden-coupling',
      severity: 'low',
      title: 'Changes together with a file elsewhere',
      file: pair.a,
      detail: `${pair.together} commits changed both this file and ${pair.b} (${pair.degree} % of the commits of the rarer one).`,
      confidence: 'medium',
      key: pair.b,
      weight: pair.together,
    });
  }
}
