// What the licences that were found mean for the project.

import { isOwnCode } from './lib/repository.mjs';
import { plural } from './lib/skill-run.mjs';
import { classOfExpression, sameLicence } from './spdx.mjs';

export const rules = {
  'no-licence': {
    title: 'No licence',
    why: 'Without one all rights are reserved: others may look at the code, and nothing more.',
    fix: 'Choose a licence and put its text into a file LICENSE.',
  },
  'unknown-text': {
    title: 'Licence text that was not recognised',
    why: 'It may be one of the rarer licences, or a common one that was changed; both need a person to read it.',
    fix: 'Use the unchanged text of a known licence, or have it read.',
  },
  'declared-differs': {
    title: 'Manifest and licence file disagree',
    why: 'Tools believe the manifest, courts read the text.',
    fix: 'Make the manifest name the licence whose text is there.',
  },
  'copyleft-inside': {
    title: 'Files under a stricter licence than the project',
    why: 'What contains them may have to be given on under their terms.',
    fix: 'Find out how they are linked and distributed; replace or separate them if the terms do not fit.',
  },
  'copyleft-dependency': {
    title: 'Dependency under copyleft',
    why: 'Depending on how it is linked and distributed, its terms reach the whole program.',
    fix: 'Find out how it is used and distributed; ask a lawyer where it matters.',
  },
  'unclear-dependency': {
    title: 'Dependency whose terms are not clear',
    why: 'Without known terms it may not be used.',
    fix: 'Look at its repository, or ask its authors.',
  },
  'headers-missing': {
    title: 'Some files lack the licence header that others have',
    why: 'A file that is copied out loses its terms.',
    fix: 'Add the SPDX line to the files without it.',
  },
};

export function reportProject(findings, { project, texts, declared, listed }) {
  const hasCode = listed.files.some(isOwnCode);
  if (project.own.length === 0 && hasCode) {
    const isPrivate = declared.some((item) => item.isPrivate || /^UNLICENSED$/i.test(item.stated));
    const elsewhere = texts.find((item) => !item.vendored);
    const said =
      project.stated === undefined
        ? ''
        : ` ${project.stated.file} names ${project.stated.spdx}, but the text is not here.`;
    findings.add({
      rule: 'no-licence',
      severity: isPrivate ? 'info' : project.stated === undefined && elsewhere === undefined ? 'medium' : 'low',
      title: 'No licence file at the root',
      file: project.stated?.file,
      detail: `No LICENSE or COPYING was found at the root.${said}${isPrivate ? ' The project is marked private, for which that is usual.' : ''}`,
      confidence: 'high',
    });
  }
  for (const item of project.own) {
    if (item.found.length > 0 || item.words < 40 || /NOTICE|COPYRIGHT/i.test(item.path)) continue;
    // A file that only points to the texts is no licence text.
    if (/LICENSES\/|SPDX-License-Identifier|see (?:the )?(?:file|LICENSE|COPYING)|dual[- ]licensed/i.test(item.text))
      continue;
    findings.add({
      rule: 'unknown-text',
      severity: 'low',
      title: 'Not one of the known texts',
      file: item.path,
      line: 1,
      detail: `${plural(item.words, 'word')} that match none of the licences this skill knows to 88 % or more.`,
      confidence: 'medium',
    });
  }
  for (const item of declared) {
    if (project.fromText.length === 0 || item.file.includes('/') || sameLicence(item.spdx, project.fromText.join(' ')))
      continue;
    if (/^SEE LICENSE|^UNLICENSED$/i.test(item.stated)) continue;
    findings.add({
      rule: 'declared-differs',
      severity: 'medium',
      title: `${item.spdx} in the manifest, ${project.fromText.join(' and ')} in the text`,
      file: item.file,
      line: item.line,
      detail: `${item.file} says \`${item.stated}\`; the text at ${project.own[0]?.path} is ${project.fromText.join(' and ')}.`,
      confidence: 'medium',
      key: 'declared',
    });
  }
}

const strictness = ['permissive', 'weak copyleft', 'strong copyleft', 'network copyleft'];

function isStricter(spdx, project) {
  const [own, other] = [
    strictness.indexOf(classOfExpression(project ?? '')),
    strictness.indexOf(classOfExpression(spdx)),
  ];
  // Versions and exceptions of one family are for its own terms to settle.
  const family = (expression) => /\b(A?GPL|LGPL)-/.exec(expression)?.[1];
  if (family(spdx) !== undefined && family(spdx) === family(project ?? '')) return false;
  return own !== -1 && other > own;
}

export function reportInside(findings, { project, texts, headers }) {
  for (const [spdx, count] of headers.counts) {
    if (!isStricter(spdx, project.spdx) || sameLicence(spdx, project.spdx)) continue;
    findings.add({
      rule: 'copyleft-inside',
      severity: classOfExpression(spdx) === 'weak copyleft' ? 'low' : 'medium',
      title: `${plural(count, 'file')} under ${spdx}`,
      file: headers.places.get(spdx),
      line: 1,
      detail: `The project is under ${project.spdx}; the header of ${plural(count, 'file')} names ${spdx}.`,
      confidence: 'medium',
      key: spdx,
      weight: count,
    });
  }
  for (const item of texts.filter((text) => text.vendored)) {
    const stricter = item.found.find((found) => isStricter(found.spdx, project.spdx));
    if (stricter === undefined || sameLicence(stricter.spdx, project.spdx ?? '')) continue;
    const isTestData = /(?:^|\/)(?:tests?|fixtures?|examples?|samples?|docs?)\//i.test(item.path);
    findings.add({
      rule: 'copyleft-inside',
      severity: isTestData ? 'info' : classOfExpression(stricter.spdx) === 'weak copyleft' ? 'low' : 'medium',
      title: `Included code under ${stricter.spdx}`,
      file: item.path,
      line: 1,
      detail: `The project is under ${project.spdx}; this text is ${stricter.spdx} to ${stricter.similarity} %.`,
      confidence: 'medium',
      key: stricter.spdx,
    });
  }
  const share = headers.marked / Math.max(headers.total, 1);
  if (share >= 0.7 && share < 1 && headers.total >= 20) {
    findings.add({
      rule: 'headers-missing',
      severity: 'info',
      title: `${plural(headers.withoutCount, 'file')} without a licence header`,
      file: headers.without,
      detail: `${headers.marked} of ${headers.total} source files carry one; the first without is ${headers.without}.`,
      key: 'headers',
    });
  }
}

export function reportDependencies(findings, project, dependencies) {
  const seen = new Set();
  for (const item of dependencies) {
    const key = `${item.name} ${item.spdx}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const kind = classOfExpression(item.spdx);
    const place = { file: item.file, key };
    if ((kind === 'strong copyleft' || kind === 'network copyleft') && isStricter(item.spdx, project.spdx ?? 'MIT')) {
      findings.add({
        rule: 'copyleft-dependency',
        severity: item.dev ? 'info' : kind === 'network copyleft' ? 'high' : 'medium',
        title: `${item.name} is under ${item.spdx}`,
        ...place,
        detail: `${item.version === undefined ? 'It' : `Version ${item.version}`} names ${item.spdx}${item.dev ? '; it is for development only' : ''}. The project is under ${project.spdx ?? 'no known licence'}.`,
        confidence: 'medium',
      });
    } else if (/^(?:UNLICENSED|SEE LICENSE|UNKNOWN|NONE|proprietary|commercial)/i.test(item.spdx)) {
      findings.add({
        rule: 'unclear-dependency',
        severity: item.dev ? 'info' : 'low',
        title: `${item.name}: ${item.spdx}`,
        ...place,
        detail: `Its metadata says \`${item.spdx}\`.`,
        confidence: 'medium',
      });
    }
  }
}
