// The review as one HTML page: no script, no outside resource, readable with style sheets off and on paper.

import { sayChanges } from './changes.mjs';
import { html, number, path, trusted } from './html.mjs';
import { renderMetrics } from './sections.mjs';
import { style } from './style.mjs';
import { severities } from './lib/skill-run.mjs';

const statusText = {
  problem: 'Problems',
  attention: 'Attention',
  fine: 'No concern',
  empty: 'Nothing to review',
  missing: 'Not reviewed',
};
const shownPerRule = 8;
// Nothing may load and nothing may run, whatever ends up in the page.
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export function renderPage(review) {
  const { repository, areas, top } = review;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>Review of ${repository.name}</title>
        <style>
          ${trusted(style)}
        </style>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the review</a>
        ${renderHeader(review)}
        <div class="frame">
          ${renderContents(review)}
          <main id="main">
            ${renderMissing(review)} ${renderChanges(review)} ${renderGlance(review)} ${renderTop(review, top)}
            ${areas.map((area) => renderArea(area, review))} ${renderMethod(review)}
          </main>
        </div>
      </body>
    </html> `.toString();
}

function renderHeader({ repository, counts, areas }) {
  const inventory = areas.find((area) => area.skill === 'inventory')?.summary ?? {};
  const history = areas.find((area) => area.skill === 'history')?.summary ?? {};
  const figures = [
    ['Files', number(inventory.files)],
    ['Lines of code', number(inventory.codeLines)],
    ['Main language', inventory.mainLanguage ?? '–'],
    ['Commits', number(history.commits)],
    ['Authors', number(history.authors)],
  ].filter(([, value]) => value !== '–');
  const where =
    repository.commit === undefined
      ? ''
      : html`<p class="where">
          Commit <code>${repository.commit.slice(0, 12)}</code> of ${repository.commitDate.slice(0, 10)}:
          ${repository.commitSubject}
        </p>`;
  return html`<header>
    <p class="kicker">Repository review</p>
    <h1>${repository.name}</h1>
    ${repository.source === undefined ? '' : html`<p class="where">${path(repository.source)}</p>`}${where}
    <dl class="figures">
      ${figures.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    <ul class="severities" aria-label="Findings by severity">
      ${severities.map((name) => html`<li class="${counts[name] === 0 ? 'none' : name}"><b>${number(counts[name])}</b> ${name}</li>`)}
    </ul>
  </header>`;
}

function renderContents({ areas, changes }) {
  return html`<nav aria-label="Contents">
    <ol>
      ${changes === undefined ? '' : html`<li><a href="#changes">Since the last review</a></li>`}
      <li><a href="#glance">At a glance</a></li>
      <li><a href="#top">Foremost findings</a></li>
      ${areas.map(
        (area) =>
          html`<li>
            <a href="#${area.skill}">${area.title}</a
            ><span class="status ${area.status}" title="${statusText[area.status]}"
              ><span class="hidden">${statusText[area.status]}</span></span
            >
          </li>`,
      )}
      <li><a href="#method">How this was made</a></li>
    </ol>
  </nav>`;
}

function renderMissing({ missing }) {
  if (missing.length === 0) return '';
  return html`<section class="warning" role="note">
    <h2>This review is incomplete</h2>
    <ul>
      ${missing.map((area) => html`<li><b>${area.title}</b>: ${area.reason}</li>`)}
    </ul>
  </section>`;
}

function renderChanges(review) {
  const { changes, findings } = review;
  if (changes === undefined) return '';
  const groups = changes.first
    ? []
    : [
        ['New', findings.filter((finding) => finding.change === 'new')],
        ['Fixed', changes.fixed],
        ['Not looked at again', changes.unseen],
      ];
  return html`<section id="changes">
    <h2>Since the last review</h2>
    <p class="headline">${sayChanges(changes)}</p>
    ${groups.filter(([, items]) => items.length > 0).map(([name, items]) => renderChanged(name, items, review))}
  </section>`;
}

function renderChanged(name, items, review) {
  const list = (part) =>
    html`<ul class="places">
      ${part.map((item) => html`<li>${badge(item)} <b>${item.title}</b>${place(item, review)}</li>`)}
    </ul>`;
  const rest =
    items.length <= shownPerRule
      ? ''
      : html`<details>
          <summary>${items.length - shownPerRule} more</summary>
          ${list(items.slice(shownPerRule))}
        </details>`;
  return html`<div class="rule">
    <h4>${name} <span class="count">${items.length}</span></h4>
    ${list(items.slice(0, shownPerRule))}${rest}
  </div>`;
}

function renderGlance({ areas }) {
  const rows = areas.map(
    (area) =>
      html`<tr>
        <th scope="row"><a href="#${area.skill}">${area.title}</a></th>
        <td><span class="pill ${area.status}">${statusText[area.status]}</span></td>
        <td>${area.status === 'missing' ? area.reason : (area.summary.headline ?? '')}</td>
        ${severities.slice(0, 4).map((name) => html`<td data-label="${name}" class="num ${area.counts[name] === 0 ? 'none' : name}">${area.status === 'missing' ? '–' : area.counts[name]}</td>`)}
      </tr>`,
  );
  return html`<section id="glance">
    <h2>At a glance</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Areas">
      <table class="areas">
        <thead>
          <tr>
            <th scope="col">Area</th>
            <th scope="col">State</th>
            <th scope="col">In short</th>
            ${severities.slice(0, 4).map((name) => html`<th scope="col" class="num">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`;
}

function renderTop(review, top) {
  const body =
    top.length === 0
      ? html`<p>Nothing above the level of information was found.</p>`
      : html`<ol class="findings">
          ${top.map((finding) => renderTopFinding(finding, review))}
        </ol>`;
  return html`<section id="top">
    <h2>Foremost findings</h2>
    ${body}
  </section>`;
}

function renderTopFinding(finding, review) {
  const rule = review.rules[`${finding.skill}.${finding.rule}`] ?? { why: '', fix: '' };
  const fix = finding.fix ?? rule.fix;
  return html`<li class="finding ${finding.severity}">
    <h3>${badge(finding)} ${finding.title}</h3>
    ${place(finding, review)}
    <p>${finding.detail}</p>
    ${rule.why === '' ? '' : html`<p><b>Why it matters.</b> ${rule.why}</p>`}
    ${fix === '' ? '' : html`<p><b>What to do.</b> ${fix}</p>`}
  </li>`;
}

function badge(finding) {
  const doubt =
    (finding.confidence ?? 'high') === 'high'
      ? ''
      : html` <span class="doubt">${finding.confidence === 'low' ? 'uncertain' : 'likely'}</span>`;
  const isNew = finding.change === 'new' ? html` <span class="doubt">new</span>` : '';
  return html`<span class="badge ${finding.severity}">${finding.severity}</span>${doubt}${isNew}`;
}

/** File and line, as a link to that line where the source is a well-known host and the commit is known. */
function place(finding, { repository }) {
  if (finding.file === undefined) return '';
  const shown = path(finding.line === undefined ? finding.file : `${finding.file}:${finding.line}`);
  const base = /^https:\/\/(?:github\.com|gitlab\.com|codeberg\.org)\/[\w.-]+\/[\w./-]+?(?=\.git$|\/?$)/.exec(
    repository.source ?? '',
  )?.[0];
  if (base === undefined || repository.commit === undefined) return html`<p class="place">${shown}</p>`;
  const file = finding.file.split('/').map(encodeURIComponent).join('/');
  const middle = base.includes('//gitlab.com')
    ? '/-/blob/'
    : base.includes('//codeberg.org')
      ? '/src/commit/'
      : '/blob/';
  return html`<p class="place">
    <a
      href="${base}${middle}${repository.commit}/${file}${finding.line === undefined ? '' : `#L${finding.line}`}"
      rel="noreferrer"
      >${shown}</a
    >
  </p>`;
}

function renderArea(area, review) {
  const heading = html`<h2>${area.title} <span class="pill ${area.status}">${statusText[area.status]}</span></h2>`;
  if (area.status === 'missing')
    return html`<section id="${area.skill}">
      ${heading}
      <p>${area.reason}</p>
    </section>`;
  const notes =
    area.notes.length === 0
      ? ''
      : html`<ul class="notes">
          ${area.notes.map((note) => html`<li>${note}</li>`)}
        </ul>`;
  return html`<section id="${area.skill}">
    ${heading} ${area.summary.headline === undefined ? '' : html`<p class="headline">${area.summary.headline}</p>`}
    ${renderMetrics(area)} ${renderRules(area, review)} ${notes}
  </section>`;
}

/** Findings of an area, grouped by rule: the reason and the cure stand once, the places below. */
function renderRules(area, review) {
  if (area.findings.length === 0) return html`<p>No findings.</p>`;
  const groups = new Map();
  for (const finding of review.findings) {
    if (finding.skill === area.skill) groups.set(finding.rule, [...(groups.get(finding.rule) ?? []), finding]);
  }
  return html`<h3>Findings</h3>
    ${[...groups].map(([name, findings]) => renderRule(area.rules[name] ?? { title: name, why: '', fix: '' }, findings, review))}`;
}

function renderRule(rule, findings, review) {
  const items = (part) =>
    html`<ul class="places">
      ${part.map(
        (finding) =>
          html`<li>
            ${badge(finding)} <b>${finding.title}</b>${place(finding, review)}
            <p>${finding.detail}${finding.fix === undefined ? '' : html` <i>${finding.fix}</i>`}</p>
          </li>`,
      )}
    </ul>`;
  const rest =
    findings.length <= shownPerRule
      ? ''
      : html`<details>
          <summary>${findings.length - shownPerRule} more</summary>
          ${items(findings.slice(shownPerRule))}
        </details>`;
  return html`<div class="rule ${findings[0].severity}">
    <h4>${rule.title} <span class="count">${findings.length}</span></h4>
    ${rule.why === '' ? '' : html`<p><b>Why it matters.</b> ${rule.why}</p>`}${rule.fix === '' ? '' : html`<p><b>What to do.</b> ${rule.fix}</p>`}
    ${items(findings.slice(0, shownPerRule))}${rest}
  </div>`;
}

function renderMethod({ areas }) {
  const made = areas.filter((area) => area.status !== 'missing').map((area) => area.title.toLowerCase());
  return html`<section id="method">
    <h2>How this was made</h2>
    <p>
      Programs read the repository's files and its git history; nothing in the repository was run, and no model took
      part. Reviewed: ${made.join(', ')}.
    </p>
    <p>
      Findings are ranked by severity and by how sure the finder is: a finding marked <i>likely</i> or
      <i>uncertain</i> may be wrong. Quality figures leave out vendored and generated files. A text scanner understands
      less than a compiler; treat figures as pointers to where a person should look.
    </p>
    <p>The same review for machines is in <code>review.json</code>, for reading as text in <code>report.md</code>.</p>
  </section>`;
}
