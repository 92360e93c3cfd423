// Joins the results of the repository skills into one page, one Markdown file and one JSON file.

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
      headline: `${plural(total, 'finding')} in ${plural(reviewed, 'area')}${review.missing.length === 0 ? '' : `; ${review.missing.length} areas missing`}`,
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
    html: 'report.html',
    markdown: 'report.md',
    json: 'review.json',
    artifacts: { html: 'report.html', markdown: 'report.md', json: 'review.json' },
  };
});

/** See references/review.schema.json. */
function machineForm({ repository, counts, areas, missing, findings, rules }) {
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
  };
}
