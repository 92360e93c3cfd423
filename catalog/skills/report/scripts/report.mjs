// Joins the results of the repository skills into one page, one Markdown file and one JSON file.

import { sayChanges } from './changes.mjs';
import { plural, runSkill, severities } from './lib/skill-run.mjs';
import { renderMarkdown } from './markdown.mjs';
import { renderPage } from './page.mjs';
import { joinReview } from './review.mjs';

await runSkill('report', ({ input, progress, writeArtifact }) => {
  const review = joinReview(input);
  const reviewed = review.areas.filter((area) => area.status !== 'missing').length;
  progress(`joining ${plural(reviewed, 'result')}, ${review.missing.length} missing`);
  writeArtifact('report.html', renderPage(review));
  writeArtifact('report.md', renderMarkdown(review));
  writeArtifact('review.json', `${JSON.stringify(machineForm(review), null, 1)}\n`);
  const total = severities.reduce((sum, name) => sum + review.counts[name], 0);
  return {
    summary: {
      headline: headlineOf(review, { total, reviewed }),
      reviewed,
      missing: review.missing.map((area) => area.skill),
      counts: review.counts,
    },
    findings: [],
    metrics: {},
    notes: review.missing.map((area) => `${area.title} is missing: ${area.reason}`),
    top: review.top.slice(0, 10).map(({ skill, severity, title, file, line }) => ({
      skill,
      severity,
      title,
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
    })),
    ...(review.changes === undefined ? {} : { changes: countChanges(review.changes) }),
    html: 'report.html',
    markdown: 'report.md',
    json: 'review.json',
    artifacts: { html: 'report.html', markdown: 'report.md', json: 'review.json' },
  };
});

function headlineOf({ missing, changes }, { total, reviewed }) {
  const absent = missing.length === 0 ? '' : `; ${missing.length} areas missing`;
  const since = changes === undefined || changes.first ? '' : `. ${sayChanges(changes)}`;
  return `${plural(total, 'finding')} in ${plural(reviewed, 'area')}${absent}${since}`;
}

/** The foremost by name, the rest by number. */
function countChanges({ first, last, new: added = [], fixed = [], unseen = [], open = 0 }) {
  if (first) return { first };
  return {
    first,
    last,
    new: added.length,
    fixed: fixed.length,
    open,
    unseen: unseen.length,
    fixedNow: fixed.slice(0, 10),
  };
}

/** See references/review.schema.json. */
function machineForm({ repository, counts, areas, missing, findings, rules, changes }) {
  return {
    version: 1,
    repository,
    counts,
    areas: areas.map(({ skill, title, status, summary, counts: areaCounts, notes, metrics }) => ({
      skill,
      title,
      status,
      summary,
      counts: areaCounts,
      notes,
      metrics,
    })),
    missing,
    findings: findings.map(({ score: _score, ...finding }) => finding),
    rules,
    ...(changes === undefined ? {} : { changes }),
  };
}
