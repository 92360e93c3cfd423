// SPDX expressions, and what licences ask of those who combine them.

const permissive =
  /^(?:MIT|MIT-0|ISC|0BSD|BSD-\d-Clause(?:-\w+)*|Apache-[\d.]+|Unlicense|CC0-1\.0|Zlib|zlib-acknowledgement|BSL-1\.0|PostgreSQL|Python-2\.0|PSF-2\.0|BlueOak-1\.0\.0|X11|WTFPL|NCSA|Unicode-3\.0|Unicode-DFS-2016|CC-BY-[34]\.0|Artistic-2\.0|OFL-1\.1|curl|HPND|libpng(?:-2\.0)?|OpenSSL|bzip2-[\d.]+|FTL|AFL-\d\.\d|ZPL-[\d.]+|MIT-CMU|TCL|Ruby|W3C(?:-\d+)?)$/i;
const weak = /^(?:LGPL-|MPL-|EPL-|CDDL-|EUPL-|MS-RL|OSL-|CPL-)/i;
const strong = /^GPL-/i;
const network = /^(?:AGPL-|SSPL-)/i;
const classes = ['permissive', 'weak copyleft', 'strong copyleft', 'network copyleft', 'unknown'];

/** `permissive`, `weak copyleft`, `strong copyleft`, `network copyleft`, `unknown`. */
export function classOf(identifier) {
  const plain = identifier.replace(/\+$/, '');
  if (permissive.test(plain)) return 'permissive';
  if (network.test(plain)) return 'network copyleft';
  if (strong.test(plain)) return 'strong copyleft';
  return weak.test(plain) ? 'weak copyleft' : 'unknown';
}

/** Of alternatives the freest counts, of what holds together the strictest. Exceptions loosen GPL to weak copyleft. */
export function classOfExpression(expression) {
  const parsed = parse(expression);
  return parsed === undefined ? 'unknown' : parsed;
}

function parse(expression) {
  const tokens = expression.match(/\(|\)|[^\s()]+/g) ?? [];
  let at = 0;
  const either = () => {
    let value = both();
    while (/^or$/i.test(tokens[at] ?? '')) {
      at++;
      const other = both();
      value = rank(value) <= rank(other) ? value : other;
    }
    return value;
  };
  const both = () => {
    let value = one();
    while (/^and$/i.test(tokens[at] ?? '')) {
      at++;
      const other = one();
      value = rank(value) >= rank(other) ? value : other;
    }
    return value;
  };
  const one = () => {
    if (tokens[at] === '(') {
      at++;
      const inner = either();
      at++;
      return inner;
    }
    const value = classOf(tokens[at++] ?? '');
    if (!/^with$/i.test(tokens[at] ?? '')) return value;
    at += 2;
    return value === 'strong copyleft' ? 'weak copyleft' : value;
  };
  if (tokens.length === 0 || tokens.length > 60) return undefined;
  const value = either();
  return at >= tokens.length ? value : undefined;
}

function rank(value) {
  const index = classes.indexOf(value);
  // Unknown is neither the freest choice nor hidden behind what is known.
  return value === 'unknown' ? 2.5 : index;
}

const names = [
  [/^\(?mit\)?(?: licen[cs]e)?$/i, 'MIT'],
  [
    /^apache(?:[ -]?(?:software )?licen[cs]e)?,?[ -]*(?:v(?:ersion)?\.? ?)?2(?:\.0)?$|^apache[ -]?2(?:\.0)?$|^asl ?2\.0$/i,
    'Apache-2.0',
  ],
  [/^(?:new |modified |3-clause )?bsd(?:[ -]3[ -]clause)?(?: licen[cs]e)?$|^bsd[ -]3$/i, 'BSD-3-Clause'],
  [/^(?:simplified |2-clause )bsd(?: licen[cs]e)?$|^bsd[ -]2(?:[ -]clause)?$/i, 'BSD-2-Clause'],
  [/^isc(?: licen[cs]e)?$/i, 'ISC'],
  [/^mozilla public licen[cs]e,? (?:version )?2\.0(?: \(mpl 2\.0\))?$|^mpl[ -]?2(?:\.0)?$/i, 'MPL-2.0'],
  [
    /^(?:gnu )?(?:gpl|general public licen[cs]e)[ ,-]*(?:v(?:ersion)? ?)?3(?:\.0)?(?: \(gplv3\))?$|^gplv3$/i,
    'GPL-3.0-only',
  ],
  [
    /^(?:gnu )?(?:gpl|general public licen[cs]e)[ ,-]*(?:v(?:ersion)? ?)?2(?:\.0)?(?: \(gplv2\))?$|^gplv2$/i,
    'GPL-2.0-only',
  ],
  [/^gplv3\+$/i, 'GPL-3.0-or-later'],
  [/^gplv2\+$/i, 'GPL-2.0-or-later'],
  [/^(?:the )?unlicense$/i, 'Unlicense'],
  [/^public domain$/i, 'LicenseRef-Public-Domain'],
  [/^eclipse public licen[cs]e(?: -)? v?(?:ersion )?2\.0$/i, 'EPL-2.0'],
  [/^eclipse public licen[cs]e(?: -)? v?(?:ersion )?1\.0$/i, 'EPL-1.0'],
];

/** An SPDX expression from what people write into manifests; the text itself where nothing is known better. */
export function toSpdx(text) {
  const trimmed = text.trim().replaceAll(/\s+/g, ' ');
  const named = names.find(([pattern]) => pattern.test(trimmed))?.[1];
  if (named !== undefined) return named;
  return trimmed
    .replaceAll(
      /\b(A?GPL|LGPL)-(\d\.\d)(?!-|\d)(\+?)/g,
      (_whole, family, ...rest) => `${family}-${rest[0]}-${rest[1] === '+' ? 'or-later' : 'only'}`,
    )
    .replaceAll(/^SPDX-License-Identifier:\s*/gi, '');
}

/** The same licence, whatever is said about later versions, and in any order of alternatives. */
export function sameLicence(left, right) {
  const parts = (expression) =>
    (expression.match(/[A-Za-z0-9.+-]+/g) ?? [])
      .filter((part) => !/^(?:and|or|with)$/i.test(part))
      .map((part) => part.replace(/(?:-only|-or-later|\+)$/, '').toLowerCase())
      .sort();
  const [a, b] = [parts(left), parts(right)];
  return a.some((part) => b.includes(part));
}
