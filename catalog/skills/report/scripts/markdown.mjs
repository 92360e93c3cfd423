// The review as one Markdown file: for reading in a terminal, in a pull request, or by a model.

import { sayChanges } from './changes.mjs';
import { severities } from './lib/skill-run.mjs';

const listedPerArea = 40;
const statusText = {
  problem: 'problems',
  attention: 'attention',
  fine: 'no concern',
  empty: 'nothing to review',
  missing: 'not reviewed',
};

/** Keeps text from a repository from turning into markup, links or table cells. */
export function escapeMarkdown(value) {
  return String(value)
    .replaceAll(/[\\`*_{}[\]<>|#~]/g, (character) => (character === '<' ? '&lt;' : `\\${character}`))
    .replaceAll(/\s+/g, ' ');
}

/** Inline code that survives back quotes inside it. */
function code(value) {
  const text = String(value).replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}

export function renderMarkdown(review) {
  const { repository } = review;
  const lines = [`# Review of ${escapeMarkdown(repository.name)}`, ''];
  if (repository.source !== undefined) lines.push(`Source: ${code(repository.source)}  `);
  if (repository.commit !== undefined)
    lines.push(
      `Commit: ${code(repository.commit.slice(0, 12))} of ${repository.commitDate.slice(0, 10)}, ${escapeMarkdown(repository.commitSubject)}`,
    );
  lines.push('', `Findings: ${severities.map((name) => `${review.counts[name]} ${name}`).join(', ')}.`, '');
  if (review.missing.length > 0) {
    lines.push(
      '## This review is incomplete',
      '',
      ...review.missing.map((area) => `- **${escapeMarkdown(area.title)}**: ${escapeMarkdown(area.reason)}`),
      '',
    );
  }
  lines.push(...renderChanges(review), ...renderGlance(review), ...renderTop(review));
  for (const area of review.areas) lines.push(...renderArea(area, review));
  return `${lines.join('\n').trimEnd()}\n`;
}

const listedChanges = 20;

function renderChanges({ changes, findings }) {
  if (changes === undefined) return [];
  const lines = ['## Since the last review', '', escapeMarkdown(sayChanges(changes)), ''];
  if (changes.first) return lines;
  const added = findings.filter((finding) => finding.change === 'new');
  const list = (title, items) =>
    items.length === 0
      ? []
      : [
          `${title}:`,
          '',
          ...items.slice(0, listedChanges).map((item) => `- ${headline(item)}`),
          ...(items.length > listedChanges ? [`- and ${items.length - listedChanges} more`] : []),
          '',
        ];
  return [
    ...lines,
    ...list('New', added),
    ...list('Fixed', changes.fixed),
    ...list('Not looked at again', changes.unseen),
  ];
}

function renderGlance({ areas }) {
  const rows = areas.map(
    (area) =>
      `| ${escapeMarkdown(area.title)} | ${statusText[area.status]} | ${escapeMarkdown(area.summary.headline ?? area.reason ?? '')} | ${severities
        .slice(0, 4)
        .map((name) => (area.status === 'missing' ? '–' : area.counts[name]))
        .join(' | ')} |`,
  );
  return [
    '## At a glance',
    '',
    `| area | state | in short | ${severities.slice(0, 4).join(' | ')} |`,
    '|---|---|---|---:|---:|---:|---:|',
    ...rows,
    '',
  ];
}

function renderTop(review) {
  const lines = ['## Foremost findings', ''];
  if (review.top.length === 0) lines.push('Nothing above the level of information was found.');
  review.top.forEach((finding, index) => {
    const rule = review.rules[`${finding.skill}.${finding.rule}`] ?? { why: '', fix: '' };
    lines.push(`${index + 1}. ${headline(finding)}  `, `   ${escapeMarkdown(finding.detail)}`);
    if (rule.why !== '') lines.push(`   *Why:* ${escapeMarkdown(rule.why)}`);
    const fix = finding.fix ?? rule.fix;
    if (fix !== '') lines.push(`   *Fix:* ${escapeMarkdown(fix)}`);
  });
  return [...lines, ''];
}

function headline(finding) {
  const place =
    finding.file === undefined
      ? ''
      : ` — ${code(finding.line === undefined ? finding.file : `${finding.file}:${finding.line}`)}`;
  const doubt =
    (finding.confidence ?? 'high') === 'high' ? '' : ` (${finding.confidence === 'low' ? 'uncertain' : 'likely'})`;
  return `**${finding.severity}**${doubt} ${escapeMarkdown(finding.title)}${place}`;
}

function renderArea(area, review) {
  const lines = [`## ${escapeMarkdown(area.title)}`, ''];
  if (area.status === 'missing') return [...lines, escapeMarkdown(area.reason), ''];
  if (area.summary.headline !== undefined) lines.push(escapeMarkdown(area.summary.headline), '');
  const findings = review.findings.filter((finding) => finding.skill === area.skill);
  for (const finding of findings.slice(0, listedPerArea))
    lines.push(`- ${headline(finding)}. ${escapeMarkdown(finding.detail)}`);
  if (findings.length === 0) lines.push('No findings.');
  if (findings.length > listedPerArea)
    lines.push(`- and ${findings.length - listedPerArea} more, see ${code('review.json')}`);
  if (area.notes.length > 0) lines.push('', ...area.notes.map((note) => `> ${escapeMarkdown(note)}`));
  return [...lines, ''];
}
