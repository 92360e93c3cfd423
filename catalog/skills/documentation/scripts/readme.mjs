// What a README tells a newcomer, and what it leaves out.

import { headingsOf, withoutCode } from './markdown-links.mjs';

const readmeName = /^(?:\.github\/|docs\/)?README(?:\.(?:md|markdown|rst|adoc|asciidoc|org|txt))?$/i;

/** What a newcomer looks for. `heading` is searched in headings, `text` in everything. */
const parts = [
  {
    part: 'How to install it',
    heading: /\b(?:install|setup|set up|getting started|quick ?start|requirements|download|build|prerequisites)/i,
    text: /\b(?:npm (?:i|install)|npx|yarn add|pnpm add|pip3? install|pipx install|cargo (?:install|add)|go (?:get|install)|brew install|apt(?:-get)? install|docker (?:run|pull|compose)|composer require|gem install|<dependency>|make install|git clone|dnf install)\b/i,
  },
  {
    part: 'How to use it',
    heading: /\b(?:usage|use|example|quick ?start|getting started|tutorial|how to|demo|synopsis|running|features)/i,
    text: /^(?:```|~~~)/m,
  },
  {
    part: 'How to run its tests',
    heading: /\b(?:test|testing|development|developing|building|contribut|hacking)/i,
    text: /\b(?:npm (?:run )?test|yarn test|pytest|tox|cargo test|go test|mvn (?:\w+ )?(?:test|verify)|gradlew? (?:test|check)|make (?:check|test)|phpunit|rake(?: test)?|ctest)\b/i,
  },
  { part: 'How to contribute', heading: /\b(?:contribut|develop|hacking|community)/i, text: /\bCONTRIBUTING\b/i },
  {
    part: 'Its licence',
    heading: /\blicen[cs]e|copyright|copying/i,
    text: /\blicen[cs]ed? under\b|\bLICEN[CS]E\b|released under|\bCOPYING\b/i,
  },
  {
    part: 'Where to get help',
    heading: /\b(?:support|help|contact|community|discussion|questions|feedback|issues|bugs)/i,
    text: /\/issues\b|\/discussions\b|mailing list|\bdiscord\b|\bslack\b|stackoverflow|report (?:a )?bugs?|\bforum\b/i,
  },
];

export function findReadme(files) {
  const found = files
    .filter((file) => readmeName.test(file.path))
    .sort((a, b) => a.path.split('/').length - b.path.split('/').length || (/\.md$/i.test(a.path) ? -1 : 1));
  return found[0];
}

/** `{ path, words, parts: [{ part, found }], description }`. */
export function readReadme(path, text) {
  const headings = headingsOf(text).join('\n');
  const prose = withoutCode(text).replaceAll(/[#>*_|=-]+|\[!\[.*?\]\(.*?\)\]\(.*?\)|!\[.*?\]\(.*?\)|https?:\S+/g, ' ');
  const words = prose.split(/\s+/).filter((word) => /[\p{L}]{2}/u.test(word)).length;
  return {
    path,
    words,
    parts: [
      { part: 'What it is', found: words >= 20 },
      ...parts.map(({ part, heading, text: inText }) => ({ part, found: heading.test(headings) || inText.test(text) })),
    ],
  };
}

/** Documents that visitors and tools look for by their names. */
export function findDocuments(files) {
  const wanted = [
    ['README', readmeName],
    ['Licence', /^(?:LICEN[CS]E|COPYING|UNLICENSE)(?:[.-][\w.-]*)?$|^LICENSES\/.+/i],
    ['Contributing', /^(?:\.github\/|docs\/|doc\/)?(?:CONTRIBUTING|CONTRIBUTE|HACKING)(?:\.\w+)?$/i],
    ['Changelog', /^(?:docs\/)?(?:CHANGELOG|CHANGES|HISTORY|NEWS|RELEASE[-_ ]?NOTES|RELEASES)(?:\.\w+)?$/i],
    ['Security policy', /^(?:\.github\/|docs\/)?SECURITY(?:\.\w+)?$|(?:^|\/)security\.txt$/i],
    ['Code of conduct', /^(?:\.github\/|docs\/)?CODE[-_ ]OF[-_ ]CONDUCT(?:\.\w+)?$/i],
    ['Architecture', /^(?:docs?\/)?(?:ARCHITECTURE|DESIGN)(?:\.\w+)?$/i],
    ['Instructions for agents', /^(?:AGENTS|CLAUDE|GEMINI)\.md$/],
    ['Folder of documentation', /^(?:docs?|documentation|manual|guide|website\/docs)\//i],
  ];
  return wanted.map(([name, pattern]) => ({ name, path: files.find((file) => pattern.test(file.path))?.path }));
}
