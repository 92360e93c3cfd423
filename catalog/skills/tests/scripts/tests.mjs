// What would catch a mistake in this repository, and how it is run.

import { findCommands } from './commands.mjs';
import { frameworks, markers, testShapes } from './frameworks.mjs';
import { isOwnCode, listRepository, readText } from './lib/repository.mjs';
import { Findings, percent, plural, runSkill } from './lib/skill-run.mjs';
import { compareDirectories, stemOf } from './untested.mjs';

const manifestName =
  /(?:^|\/)(?:package\.json|pyproject\.toml|setup\.(?:py|cfg)|tox\.ini|requirements[^/]*\.txt|Pipfile|Cargo\.toml|go\.mod|pom\.xml|build\.gradle(?:\.kts)?|CMakeLists\.txt|meson\.build|Gemfile|[^/]+\.gemspec|composer\.json|[^/]+\.csproj|mix\.exs)$/;
const directoriesShown = 40;
const placesShown = 8;
const untestedShown = 12;
const knownShareMin = 0.25;

const rules = {
  'no-tests': {
    title: 'No tests were found',
    why: 'Nothing but use shows whether a change breaks something.',
    fix: 'Begin with one test that runs the main thing the project does, and run it in CI.',
  },
  focused: {
    title: 'Test narrowed to itself',
    why: 'A focused test switches off all others of its file or run, and the build stays green.',
    fix: 'Remove the mark; forbid it with a lint rule or a setting of the runner.',
  },
  skipped: {
    title: 'Tests that do not run',
    why: 'What is skipped protects nothing and is forgotten.',
    fix: 'Mend it, delete it, or write down beside it what must happen before it runs again.',
  },
  untested: {
    title: 'Part of the source that no test seems to know',
    why: 'A mistake here reaches users first.',
    fix: 'Test what it promises to the rest of the program.',
  },
  'no-ci': {
    title: 'Tests, but no CI that runs them',
    why: 'Tests help when they run on every change, not when somebody remembers.',
    fix: 'Add a workflow that runs the test command on every push.',
  },
  'no-command': {
    title: 'Tests, but no obvious way to run them',
    why: 'Who does not know how will not run them.',
    fix: 'Write the command into the README, or make it the standard one of the build tool.',
  },
};

await runSkill('tests', ({ input, repository, progress }) => {
  const listed = listRepository({ input, repository, progress });
  const survey = surveyFiles(repository, listed.files);
  progress(`${plural(survey.tests.length, 'test file')}, ${plural(survey.sources.length, 'source file')}`);
  const paths = listed.files.map((file) => file.path);
  const commands = findCommands(repository, paths, {
    frameworks: new Set(survey.frameworks.map((item) => item.name)),
    languages: shares(survey.sources),
  });
  const directories = compareDirectories(survey.sources.filter(isTestable), survey.tests, survey.mentioned);
  const findings = new Findings('tests', rules);
  report(findings, { survey, directories, commands, hasCi: paths.some(isCi) });
  const finished = findings.finish();
  return {
    summary: summarize(survey, commands),
    ...finished,
    metrics: { frameworks: survey.frameworks, commands, directories: directories.slice(0, directoriesShown) },
    notes: [
      ...listed.notes,
      ...nameNotes(survey, directories),
      'Nothing was run: ratios compare lines and names, they are not coverage.',
      ...finished.notes,
    ],
  };
});

/** Headers, build files and macros are tested through what uses them. */
function isTestable(file) {
  return (
    testShapes[file.language] !== undefined && file.language !== 'Shell' && !/\.(?:h|hh|hpp|hxx|d\.ts)$/.test(file.path)
  );
}

function shares(sources) {
  const total = sum(sources);
  const lines = new Map();
  for (const file of sources) lines.set(file.language, (lines.get(file.language) ?? 0) + file.lines);
  return new Map([...lines].map(([language, count]) => [language, count / Math.max(total, 1)]));
}

function isCi(path) {
  return /^(?:\.github\/workflows\/|\.gitlab-ci|\.circleci\/|\.travis\.yml|azure-pipelines|Jenkinsfile|\.?appveyor|\.buildkite\/|\.cirrus|\.drone|bitbucket-pipelines|\.ci\/)/.test(
    path,
  );
}

function surveyFiles(root, files) {
  const survey = { sources: [], tests: [], marks: [], frameworks: [], mentioned: new Set(), count: 0, manifests: '' };
  const seen = new Map();
  for (const file of files) {
    if (manifestName.test(file.path) && !file.vendored && !file.example)
      survey.manifests += `\n${readText(root, file) ?? ''}`;
    if (!isOwnCode(file) || file.example) {
      if (!(file.test && isOwnCode(file))) continue;
    }
    const text = file.test || file.language === 'Rust' ? readText(root, file) : undefined;
    const inline = file.language === 'Rust' && !file.test && text !== undefined && /#\[cfg\(test\)\]/.test(text);
    if (file.test) survey.tests.push(file);
    else survey.sources.push(inline ? { ...file, hasInlineTests: true } : file);
    if (text !== undefined && (file.test || inline)) readTest(file, text, { survey, seen });
  }
  survey.frameworks = nameFrameworks(survey.manifests, seen);
  return survey;
}

function readTest(file, text, { survey, seen }) {
  const shape = testShapes[file.language];
  if (shape !== undefined) survey.count += [...text.matchAll(shape)].length;
  for (const framework of frameworks) {
    if (!speaks(framework.language, file.language) || !framework.source?.test(text)) continue;
    const entry = seen.get(framework.name) ?? { files: 0, evidence: file.path };
    entry.files++;
    seen.set(framework.name, entry);
  }
  for (const { kind, languages, pattern } of markers)
    if (languages.includes(file.language)) findMarks(file, text, { kind, pattern, survey });
  // Modules that a test imports by a relative path, or by the last part of a dotted one.
  for (const match of text.matchAll(/(?:from|import|require\(|#include|use)\s*\(?["'<]?([\w@./:-]{2,120})["'>]?/g))
    survey.mentioned.add(
      stemOf(match[1].replaceAll('::', '/').replace(/^.*[./](?=\w+$)/, (whole) => (whole.includes('/') ? whole : ''))),
    );
}

function speaks(framework, language) {
  const javascript = ['JavaScript', 'TypeScript', 'Vue', 'Svelte'];
  return (
    framework === language ||
    (javascript.includes(framework) && javascript.includes(language)) ||
    (framework === 'C++' && language === 'C') ||
    (framework === 'C' && language === 'C++') ||
    (framework === 'Java' && language === 'Kotlin')
  );
}

function findMarks(file, text, { kind, pattern, survey }) {
  if (!pattern.test(text)) return;
  for (const [index, line] of text.split('\n').entries()) {
    // A mark inside a string is the subject of a test, not a test; what a call begins with keeps its quotes.
    const code = line.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`/g, (text) => text[0] + text[0]);
    if (!pattern.test(code) || /^\s*(?:\/\/|#(?!\[)|\*)/.test(line)) continue;
    survey.marks.push({ kind, file: file.path, line: index + 1 });
  }
}

function nameFrameworks(manifests, seen) {
  return frameworks
    .filter((framework) => seen.has(framework.name) || framework.manifest?.test(manifests))
    .map(({ name, language }) => ({
      name,
      language,
      files: seen.get(name)?.files ?? 0,
      evidence: seen.get(name)?.evidence ?? 'manifest',
    }))
    .filter((item) => item.files > 0 || /[a-z]/.test(item.evidence))
    .sort((a, b) => b.files - a.files || (a.name < b.name ? -1 : 1));
}

function summarize(survey, commands) {
  const sourceLines = sum(survey.sources);
  const testLines = sum(survey.tests);
  const skipped = survey.marks.filter((mark) => mark.kind === 'skipped').length;
  const focused = survey.marks.length - skipped;
  const ratio = percent(testLines, sourceLines);
  const run = commands[0] === undefined ? '' : ` Run them with: ${commands[0].command}.`;
  const count = survey.count > 0 ? `about ${plural(survey.count, 'test')} in ` : '';
  const nothing = sourceLines === 0 ? 'There is no source code to test.' : 'No tests were found.';
  return {
    headline:
      survey.tests.length === 0 && survey.count === 0
        ? nothing
        : `${count}${plural(survey.tests.length, 'test file')}; ${Math.round(ratio)} lines of tests for 100 lines of source.${run}`.replace(
            /^a/,
            'A',
          ),
    ...(sourceLines === 0 && testLines === 0 ? { empty: true } : {}),
    testFiles: survey.tests.length,
    tests: survey.count,
    sourceLines,
    testLines,
    ratio,
    skipped,
    focused,
  };
}

function sum(files) {
  return files.reduce((total, file) => total + file.lines, 0);
}

function report(findings, { survey, directories, commands, hasCi }) {
  const sourceLines = sum(survey.sources);
  const hasTests = survey.tests.length > 0 || survey.count > 0;
  if (!hasTests && sourceLines >= 200) {
    findings.add({
      rule: 'no-tests',
      severity: sourceLines >= 2_000 ? 'high' : 'medium',
      title: 'No tests',
      detail: `${plural(sourceLines, 'line')} of source, and no file that looks like a test.`,
      confidence: 'medium',
    });
    return;
  }
  if (!hasTests) return;
  if (!hasCi)
    findings.add({
      rule: 'no-ci',
      severity: 'low',
      title: 'No CI configuration was found',
      detail: `${plural(survey.tests.length, 'test file')}, and no configuration of a CI service in the repository.`,
      confidence: 'medium',
    });
  if (commands.length === 0)
    findings.add({
      rule: 'no-command',
      severity: 'low',
      title: 'No test command was found',
      detail: 'Neither a manifest nor a build file names one.',
      confidence: 'medium',
    });
  reportMarks(findings, survey.marks);
  if (knownShare(directories) < knownShareMin) return;
  const unknown = directories.filter((item) => item.known === 0 && item.testLines === 0 && item.sourceLines >= 500);
  for (const item of unknown.slice(0, untestedShown)) {
    findings.add({
      rule: 'untested',
      severity: 'low',
      title: `${item.directory} seems untested`,
      file: item.directory,
      detail: `${plural(item.files, 'file')} with ${plural(item.sourceLines, 'line')}; no test is named after one of them, lies beside them or imports one.`,
      confidence: item.sourceLines >= 2_000 ? 'medium' : 'low',
      key: 'untested',
      weight: item.sourceLines,
    });
  }
}

function nameNotes(survey, directories) {
  if (survey.tests.length === 0 || knownShare(directories) >= knownShareMin) return [];
  return ['Tests here are not tied to sources by their names, so untested parts cannot be told.'];
}

/** Where tests are not tied to sources by name, as when they run the finished program, nothing can be told of parts. */
function knownShare(directories) {
  const total = directories.reduce((count, item) => count + item.files, 0);
  return total === 0 ? 0 : directories.reduce((count, item) => count + item.known, 0) / total;
}

function reportMarks(findings, marks) {
  for (const mark of marks.filter((item) => item.kind === 'focused')) {
    findings.add({
      rule: 'focused',
      severity: 'high',
      title: 'Focused test',
      file: mark.file,
      line: mark.line,
      detail: 'While this mark stands, the other tests beside it do not run.',
      confidence: 'medium',
      key: 'focused',
    });
  }
  const byFile = groupByFile(marks.filter((item) => item.kind === 'skipped'));
  for (const [file, items] of byFile) {
    const lines = items.slice(0, placesShown).map((item) => item.line);
    findings.add({
      rule: 'skipped',
      severity: items.length >= 10 ? 'low' : 'info',
      title: plural(items.length, 'skipped test'),
      file,
      line: items[0].line,
      detail: `Skipped on line ${lines.join(', ')}${items.length > placesShown ? ', …' : ''}.`,
      key: 'skipped',
      weight: items.length,
    });
  }
}

function groupByFile(marks) {
  const groups = new Map();
  for (const mark of marks) groups.set(mark.file, [...(groups.get(mark.file) ?? []), mark]);
  return groups;
}
