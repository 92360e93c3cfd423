// What each area of the review shows besides its findings: charts and tables over the specialist's metrics.
// Metrics come from other scripts; a missing or odd part simply shows nothing.

import { bars, columns, scatter, stackedBar } from './charts.mjs';
import { bytes, html, number, path, percentText, table } from './html.mjs';

const list = (value) => (Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : []);
const figureOf = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const fileColumn = { label: 'File', value: (row) => path(row.file ?? row.path ?? '') };
const placeColumn = {
  label: 'Where',
  value: (row) => path(row.line === undefined ? (row.file ?? '') : `${row.file}:${row.line}`),
};
const textColumn = (label, key) => ({ label, value: (row) => row[key] ?? '' });
const numberColumn = (label, key) => ({ label, numeric: true, value: (row) => number(row[key]) });
const percentColumn = (label, key) => ({ label, numeric: true, value: (row) => percentText(row[key]) });

const sections = { inventory, history, dependencies, secrets, complexity, duplication, tests, documentation, licences };

/** Charts and tables of one area; an area this report has no form for shows nothing extra. */
export function renderMetrics(area) {
  return Object.hasOwn(sections, area.skill) ? sections[area.skill](area.metrics) : [];
}

function inventory(metrics) {
  const languages = list(metrics.languages);
  const code = languages.filter((item) => item.kind === 'code');
  const tooling = list(metrics.tooling);
  return [
    stackedBar(
      'Languages by lines of own code',
      code.map((item) => ({ label: item.language, value: figureOf(item.lines) })),
      'lines',
    ),
    stackedBar(
      'What the files are, by lines',
      list(metrics.roles).map((item) => ({ label: item.role, value: figureOf(item.lines) })),
      'lines',
    ),
    table(
      { caption: 'Languages', shown: 12 },
      [
        textColumn('Language', 'language'),
        textColumn('Kind', 'kind'),
        numberColumn('Files', 'files'),
        numberColumn('Lines', 'lines'),
        percentColumn('Share of code', 'share'),
      ],
      languages,
    ),
    table(
      { caption: 'Directories', shown: 12 },
      [
        { label: 'Directory', value: (row) => path(row.directory) },
        numberColumn('Files', 'files'),
        numberColumn('Lines', 'lines'),
        { label: 'Size', numeric: true, value: (row) => bytes(row.bytes) },
      ],
      list(metrics.directories),
    ),
    table(
      { caption: 'Tooling found', shown: 14 },
      [textColumn('Kind', 'kind'), textColumn('Tool', 'name'), fileColumn, numberColumn('Files', 'count')],
      tooling,
    ),
    table(
      { caption: 'Largest files', shown: 8 },
      [fileColumn, { label: 'Size', numeric: true, value: (row) => bytes(row.bytes) }, numberColumn('Lines', 'lines')],
      list(metrics.largest),
    ),
  ];
}

function history(metrics) {
  const hotspots = list(metrics.hotspots);
  return [
    columns(
      `Commits per ${metrics.timeline?.unit === 'year' ? 'year' : 'month'}`,
      list(metrics.timeline?.items).map((item) => ({ label: item.label, value: figureOf(item.commits) })),
      'commits',
    ),
    scatter(
      'Hotspots: files that change often and are complex',
      { xLabel: 'commits', yLabel: 'complexity' },
      hotspots.map((item) => ({
        label: item.path,
        x: figureOf(item.commits),
        y: figureOf(item.complexity),
        score: figureOf(item.score),
      })),
    ),
    table(
      { caption: 'Hotspots', shown: 12 },
      [
        fileColumn,
        numberColumn('Commits', 'commits'),
        numberColumn('Lines changed', 'linesChanged'),
        numberColumn('Complexity', 'complexity'),
        numberColumn('Authors', 'authors'),
        numberColumn('Score', 'score'),
      ],
      hotspots,
    ),
    table(
      { caption: 'Who wrote it', shown: 10 },
      [
        textColumn('Author', 'name'),
        numberColumn('Commits', 'commits'),
        percentColumn('Share', 'share'),
        textColumn('Last commit', 'last'),
      ],
      list(metrics.authors),
    ),
    table(
      { caption: 'Ownership by directory', shown: 10 },
      [
        { label: 'Directory', value: (row) => path(row.directory) },
        textColumn('Main author', 'main'),
        percentColumn('Their share', 'share'),
        numberColumn('Authors', 'authors'),
        numberColumn('Commits', 'commits'),
      ],
      list(metrics.ownership),
    ),
    table(
      { caption: 'Files that change together', shown: 8 },
      [
        { label: 'File', value: (row) => path(row.a) },
        { label: 'With', value: (row) => path(row.b) },
        numberColumn('Together', 'together'),
        percentColumn('Degree', 'degree'),
      ],
      list(metrics.coupling),
    ),
  ];
}

function dependencies(metrics) {
  const checked = typeof metrics.advisories === 'object' && metrics.advisories !== null ? metrics.advisories : {};
  return [
    table(
      { caption: 'Ecosystems' },
      [
        textColumn('Ecosystem', 'ecosystem'),
        numberColumn('Manifests', 'manifests'),
        numberColumn('Lock files', 'lockfiles'),
        numberColumn('Declared', 'declared'),
        numberColumn('Locked', 'locked'),
        numberColumn('Not pinned', 'unpinned'),
        numberColumn('Several versions', 'duplicates'),
      ],
      list(metrics.ecosystems),
    ),
    checked.statement === undefined ? undefined : html`<p class="note">${checked.statement}</p>`,
    table(
      { caption: 'Manifests', shown: 10 },
      [
        fileColumn,
        textColumn('Ecosystem', 'ecosystem'),
        numberColumn('Declared', 'declared'),
        { label: 'Lock file', value: (row) => (row.lockfile ? path(row.lockfile) : 'none') },
      ],
      list(metrics.manifests),
    ),
    table(
      { caption: 'Packages present in several versions', shown: 10 },
      [
        textColumn('Package', 'name'),
        textColumn('Ecosystem', 'ecosystem'),
        { label: 'Versions', value: (row) => (Array.isArray(row.versions) ? row.versions.join(', ') : '') },
      ],
      list(metrics.duplicates),
    ),
  ];
}

function secrets(metrics) {
  return [
    table(
      { caption: 'Kinds found' },
      [textColumn('Kind', 'kind'), numberColumn('Count', 'count'), numberColumn('In tests or examples', 'downRanked')],
      list(metrics.kinds),
    ),
  ];
}

function complexity(metrics) {
  return [
    columns(
      'Functions by cyclomatic complexity',
      list(metrics.histogram).map((item) => ({ label: item.range, value: figureOf(item.functions) })),
      'functions',
    ),
    table(
      { caption: 'By language' },
      [
        textColumn('Language', 'language'),
        numberColumn('Functions', 'functions'),
        numberColumn('Median', 'median'),
        numberColumn('90th percentile', 'p90'),
        numberColumn('Highest', 'max'),
        numberColumn('Lines per function', 'meanLines'),
      ],
      list(metrics.languages),
    ),
    table(
      { caption: 'Most complex functions', shown: 12 },
      [
        textColumn('Function', 'name'),
        placeColumn,
        numberColumn('Cyclomatic', 'cyclomatic'),
        numberColumn('Cognitive', 'cognitive'),
        numberColumn('Lines', 'lines'),
        numberColumn('Depth', 'nesting'),
        numberColumn('Parameters', 'parameters'),
      ],
      list(metrics.functions),
    ),
    table(
      { caption: 'Longest files', shown: 8 },
      [
        fileColumn,
        numberColumn('Lines', 'lines'),
        numberColumn('Functions', 'functions'),
        numberColumn('Total complexity', 'cyclomatic'),
      ],
      list(metrics.files),
    ),
  ];
}

function duplication(metrics) {
  const places = (row) =>
    list(row.places)
      .slice(0, 6)
      .map(
        (place, index) => html`${index > 0 ? html`<br />` : ''}${path(`${place.file}:${place.line}–${place.endLine}`)}`,
      );
  return [
    bars(
      'Most duplicated directories',
      list(metrics.directories)
        .slice(0, 10)
        .map((item) => ({
          label: item.directory,
          value: figureOf(item.percent),
          text: `${percentText(item.percent)}`,
        })),
      'duplicated',
    ),
    table(
      { caption: 'Largest clones', shown: 10 },
      [
        numberColumn('Lines', 'lines'),
        numberColumn('Tokens', 'tokens'),
        numberColumn('Copies', 'copies'),
        { label: 'Where', value: places },
      ],
      list(metrics.groups),
    ),
  ];
}

function tests(metrics) {
  return [
    table(
      { caption: 'How to run the tests', shown: 8 },
      [{ label: 'Command', value: (row) => html`<code>${row.command}</code>` }, textColumn('Why', 'why')],
      list(metrics.commands),
    ),
    table(
      { caption: 'Frameworks' },
      [
        textColumn('Framework', 'name'),
        textColumn('Language', 'language'),
        numberColumn('Test files', 'files'),
        { label: 'Seen in', value: (row) => path(row.evidence ?? '') },
      ],
      list(metrics.frameworks),
    ),
    bars(
      'Test lines per 100 lines of source, by directory',
      list(metrics.directories)
        .slice(0, 12)
        .map((item) => ({ label: item.directory, value: figureOf(item.ratio), text: number(item.ratio) })),
      'test lines',
    ),
    table(
      { caption: 'Directories', shown: 12 },
      [
        { label: 'Directory', value: (row) => path(row.directory) },
        numberColumn('Source lines', 'sourceLines'),
        numberColumn('Test lines', 'testLines'),
        numberColumn('Per 100', 'ratio'),
      ],
      list(metrics.directories),
    ),
  ];
}

function documentation(metrics) {
  const mark = (found) => (found ? html`<span class="yes">yes</span>` : html`<span class="no">no</span>`);
  const readme = typeof metrics.readme === 'object' && metrics.readme !== null ? metrics.readme : {};
  return [
    table(
      { caption: 'What the README tells' },
      [textColumn('Part', 'part'), { label: 'Present', value: (row) => mark(row.found) }],
      list(readme.parts),
    ),
    table(
      { caption: 'Project documents' },
      [textColumn('Document', 'name'), { label: 'Present', value: (row) => (row.path ? path(row.path) : mark(false)) }],
      list(metrics.documents),
    ),
    bars(
      'Exported things with a doc comment',
      list(metrics.exports).map((item) => ({
        label: `${item.language} (${number(item.total)})`,
        value: figureOf(item.percent),
        text: percentText(item.percent),
      })),
      'documented',
    ),
  ];
}

function licences(metrics) {
  return [
    table(
      { caption: 'Licence files', shown: 10 },
      [fileColumn, textColumn('Licence', 'spdx'), percentColumn('Similarity', 'similarity')],
      list(metrics.files),
    ),
    table(
      { caption: 'Licence headers in sources', shown: 10 },
      [textColumn('SPDX identifier', 'spdx'), numberColumn('Files', 'files')],
      list(metrics.headers),
    ),
    table(
      { caption: 'Licences of dependencies', shown: 12 },
      [
        textColumn('Licence', 'spdx'),
        numberColumn('Packages', 'packages'),
        { label: 'For example', value: (row) => (Array.isArray(row.examples) ? row.examples.join(', ') : '') },
      ],
      list(metrics.dependencies),
    ),
  ];
}
