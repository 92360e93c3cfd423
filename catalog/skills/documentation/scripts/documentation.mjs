// What a newcomer finds, and what leads nowhere.

import { ExportCount } from './exports.mjs';
import { isOwnCode, listRepository, readText } from './lib/repository.mjs';
import { Findings, plural, runSkill } from './lib/skill-run.mjs';
import { LinkChecker } from './link-check.mjs';
import { findDocuments, findReadme, readReadme } from './readme.mjs';

const wordsMin = 60;
const linksPerDocumentMax = 20;

const rules = {
  'no-readme': {
    title: 'No README',
    why: 'Whoever opens the repository sees a list of files and no reason to go on.',
    fix: 'Write one page: what it is, how to install it, the shortest useful example.',
  },
  'thin-readme': {
    title: 'README that leaves out what newcomers need',
    why: 'Each missing part is a question that somebody asks, or a visitor who leaves.',
    fix: 'Add the missing parts, a few lines each.',
  },
  'broken-link': {
    title: 'Link to a file that is not there',
    why: 'Readers end on an error page, usually at the moment they wanted to know more.',
    fix: 'Correct the path, or remove the link.',
  },
  'broken-image': {
    title: 'Image that is not there',
    why: 'The page shows a broken picture.',
    fix: 'Add the image or correct its path.',
  },
  'broken-anchor': {
    title: 'Link to a heading that is not there',
    why: 'The reader lands at the top of the page and has to search.',
    fix: 'Use the anchor of the heading as it is now.',
  },
  'link-case': {
    title: 'Link that works only where case does not matter',
    why: "It works on the author's machine and fails on Linux and on the web.",
    fix: 'Write the name as the file is called.',
  },
  'undocumented-exports': {
    title: 'Most of what is offered to others has no comment',
    why: 'Users have to read the code to learn what it promises.',
    fix: 'Begin with what is used most: say what it does, what it expects and how it fails.',
  },
  'missing-document': {
    title: 'Documents that users of a public project look for',
    why: 'Without them people do not know how to take part, what changed, or whom to tell about a hole.',
    fix: 'Add them; a few lines each are enough.',
  },
};

await runSkill('documentation', ({ input, repository, progress }) => {
  const listed = listRepository({ input, repository, progress });
  const own = listed.files.filter((file) => !file.vendored && file.skipped === undefined);
  const findings = new Findings('documentation', rules);
  const readmeFile = findReadme(own);
  const readme =
    readmeFile === undefined ? undefined : readReadme(readmeFile.path, readText(repository, readmeFile) ?? '');
  const links = checkLinks(repository, { listed, own, findings, readme });
  progress(`${plural(links.documents, 'document')}, ${plural(links.checked, 'link')} inside the repository`);
  const exports = countExports(repository, own);
  const documents = findDocuments(own);
  reportReadme(findings, readme, own);
  reportDocuments(findings, documents, own);
  reportExports(findings, exports);
  const finished = findings.finish();
  return {
    summary: summarize({ readme, links, exports }),
    ...finished,
    metrics: { readme, documents, exports, links },
    notes: [
      ...listed.notes,
      `${plural(links.external, 'link leads', 'links lead')} to other sites and ${links.external === 1 ? 'was' : 'were'} not fetched.`,
      ...finished.notes,
    ],
  };
});

function checkLinks(repository, { listed, own, findings, readme }) {
  const checker = new LinkChecker(listed.files, (path) => readText(repository, { path }));
  let documents = 0;
  let broken = 0;
  for (const file of own) {
    if (file.language !== 'Markdown' || file.test || file.generated) continue;
    const text = readText(repository, file);
    if (text === undefined) continue;
    documents++;
    const problems = checker.check(file.path, text);
    broken += problems.length;
    const byTarget = new Map();
    for (const problem of problems)
      byTarget.set(problem.target, {
        ...problem,
        ...byTarget.get(problem.target),
        count: (byTarget.get(problem.target)?.count ?? 0) + 1,
      });
    for (const problem of [...byTarget.values()].slice(0, linksPerDocumentMax))
      reportLink(findings, file, { problem, isReadme: file.path === readme?.path, sure: !checker.hasGenerator });
  }
  return { documents, checked: checker.checked, external: checker.external, broken };
}

function reportLink(findings, file, { problem, isReadme, sure }) {
  const rule =
    problem.kind === 'case'
      ? 'link-case'
      : problem.kind === 'anchor'
        ? 'broken-anchor'
        : problem.image
          ? 'broken-image'
          : 'broken-link';
  const serious = isReadme && problem.kind !== 'anchor';
  const aside = /(?:^|\/)(?:\.github\/|templates?\/|CHANGELOG|examples?\/|samples?\/|fixtures?\/)/i.test(file.path);
  findings.add({
    rule,
    severity: serious ? 'medium' : aside || (problem.kind === 'anchor' && !isReadme) ? 'info' : 'low',
    title: problem.kind === 'anchor' ? `No heading for ${problem.target}` : `${problem.target} is not there`,
    file: file.path,
    line: problem.line,
    detail: problem.count > 1 ? `${problem.detail} The link stands here ${problem.count} times.` : problem.detail,
    confidence: sure ? 'high' : 'medium',
    key: problem.target,
  });
}

function countExports(repository, own) {
  const count = new ExportCount();
  for (const file of own) {
    if (!isOwnCode(file) || file.test || file.example) continue;
    const text = readText(repository, file);
    if (text !== undefined) count.add(file, text);
  }
  return count.rows();
}

function reportReadme(findings, readme, own) {
  const codeLines = own.filter(isOwnCode).reduce((sum, file) => sum + file.lines, 0);
  if (readme === undefined) {
    if (codeLines > 0)
      findings.add({
        rule: 'no-readme',
        severity: codeLines >= 500 ? 'medium' : 'low',
        title: 'No README at the root',
        detail: `${plural(own.length, 'file')}, and none that introduces them.`,
      });
    return;
  }
  const missing = readme.parts.filter((item) => !item.found).map((item) => item.part.toLowerCase());
  if (readme.words < wordsMin)
    findings.add({
      rule: 'thin-readme',
      severity: 'medium',
      title: `README of ${plural(readme.words, 'word')}`,
      file: readme.path,
      line: 1,
      detail: `It does not tell: ${missing.join(', ')}.`,
      confidence: 'medium',
      key: 'thin',
    });
  else if (missing.length >= 2)
    findings.add({
      rule: 'thin-readme',
      severity: missing.length >= 4 ? 'low' : 'info',
      title: `README without ${plural(missing.length, 'part')} that newcomers look for`,
      file: readme.path,
      line: 1,
      detail: `It does not seem to tell: ${missing.join(', ')}.`,
      confidence: 'medium',
      key: 'thin',
    });
}

/** Only where the project shows that it is meant for others; a private one needs none of these. */
function reportDocuments(findings, documents, own) {
  const isPublic = documents.some((item) => item.name === 'Licence' && item.path !== undefined);
  const missing = documents
    .filter((item) => item.path === undefined && ['Contributing', 'Changelog', 'Security policy'].includes(item.name))
    .map((item) => item.name.toLowerCase());
  if (!isPublic || missing.length === 0 || own.length < 30) return;
  findings.add({
    rule: 'missing-document',
    severity: 'info',
    title: `Not found: ${missing.join(', ')}`,
    detail:
      'The project has a licence, so it is meant for others; these documents were looked for at the root, in .github/ and in docs/.',
    confidence: 'medium',
    key: 'documents',
  });
}

function reportExports(findings, exports) {
  for (const { language, total, documented, percent } of exports) {
    if (total < 40 || percent >= 40) continue;
    findings.add({
      rule: 'undocumented-exports',
      severity: percent < 15 ? 'low' : 'info',
      title: `${language}: ${percent} % of what is offered has a comment`,
      detail: `${documented} of ${total} exported or public things have a doc comment.`,
      confidence: 'medium',
      key: language,
    });
  }
}

function summarize({ readme, links, exports }) {
  const total = exports.reduce((sum, item) => sum + item.total, 0);
  const documented = exports.reduce((sum, item) => sum + item.documented, 0);
  const parts = [
    readme === undefined ? 'No README.' : `README of ${plural(readme.words, 'word')}.`,
    links.checked === 0
      ? ''
      : `${links.broken} of ${plural(links.checked, 'link')} inside the repository ${links.broken === 1 ? 'leads' : 'lead'} nowhere.`,
    total === 0 ? '' : `${Math.round((100 * documented) / total)} % of public things have a doc comment.`,
  ];
  return {
    headline: parts.filter((part) => part !== '').join(' '),
    documents: links.documents,
    brokenLinks: links.broken,
    publicThings: total,
    documented,
  };
}
