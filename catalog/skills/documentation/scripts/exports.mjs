// How much of what a module offers to others has a comment that says what it is.

/** For each language: what offers something, and how a line before (or after) it shows a comment. */
const readers = {
  JavaScript: {
    offers: /^export\s+(?:default\s+)?(?:async\s+)?(?:function\*?|class|const|let|abstract\s+class)\s+\w/,
    before: /\*\/\s*$|^\s*\/\//,
  },
  TypeScript: {
    offers:
      /^export\s+(?:default\s+)?(?:declare\s+)?(?:async\s+)?(?:function\*?|class|const|let|interface|type|enum|abstract\s+class)\s+\w/,
    before: /\*\/\s*$|^\s*\/\//,
  },
  Python: { offers: /^(?:async\s+)?(?:def|class)\s+(?!_)\w/, after: /^\s*(?:[rRuU]?"""|[rRuU]?''')/ },
  Go: {
    offers: /^(?:func\s+(?:\(\s*\w*\s*\*?\s*[A-Z]\w*(?:\[[^\]]*\])?\s*\)\s+)?[A-Z]|type\s+[A-Z])/,
    before: /^\s*\/\/|\*\/\s*$/,
  },
  Rust: {
    offers: /^\s*pub\s+(?:async\s+|unsafe\s+|const\s+)*(?:fn|struct|enum|trait|type|union|macro)\s+\w/,
    before: /^\s*(?:\/\/\/|#\[doc|\*\/)/,
    skip: /^\s*#\[|^\s*\)\]/,
  },
  Java: {
    offers:
      /^\s{0,4}public\s+(?!.*\b(?:main)\s*\()(?:static\s+|final\s+|abstract\s+|sealed\s+|synchronized\s+)*[\w<>[\],.? ]+?(?:\(|\{|$)/,
    before: /\*\/\s*$/,
    skip: /^\s*@/,
    inherits: /^\s*@Override/,
  },
  'C#': {
    offers:
      /^\s*public\s+(?:static\s+|sealed\s+|abstract\s+|async\s+|partial\s+|readonly\s+|virtual\s+)*[\w<>[\],.? ]+/,
    before: /^\s*\/\/\//,
    skip: /^\s*\[/,
    inherits: /\boverride\b/,
  },
  PHP: {
    offers: /^\s*(?:abstract\s+|final\s+)*(?:class|interface|trait|enum)\s+\w|^\s*public\s+(?:static\s+)?function\s+\w/,
    before: /\*\/\s*$/,
    skip: /^\s*#\[/,
  },
};

export class ExportCount {
  constructor() {
    this.byLanguage = new Map();
  }

  add(file, text) {
    const reader = readers[file.language];
    if (reader === undefined) return;
    const lines = text.split('\n');
    const entry = this.byLanguage.get(file.language) ?? { language: file.language, total: 0, documented: 0 };
    for (let index = 0; index < lines.length; index++) {
      if (!reader.offers.test(lines[index])) continue;
      const state =
        reader.after === undefined ? commentBefore(lines, index, reader) : commentAfter(lines, index, reader);
      if (state === 'inherits') continue;
      entry.total++;
      if (state) entry.documented++;
    }
    if (entry.total > 0) this.byLanguage.set(file.language, entry);
  }

  rows() {
    return [...this.byLanguage.values()]
      .map((entry) => ({ ...entry, percent: Math.round((1000 * entry.documented) / entry.total) / 10 }))
      .sort((a, b) => b.total - a.total || (a.language < b.language ? -1 : 1));
  }
}

/** Attributes and annotations may stand between the comment and what it describes. */
function commentBefore(lines, index, reader) {
  if (reader.inherits?.test(lines[index])) return 'inherits';
  for (let at = index - 1; at >= 0 && at > index - 30; at--) {
    if (reader.inherits?.test(lines[at])) return 'inherits';
    if (reader.before.test(lines[at])) return true;
    if (!reader.skip?.test(lines[at])) return false;
  }
  return false;
}

/** The first statement of the body, behind a head that may span lines. */
function commentAfter(lines, index, reader) {
  let at = index;
  while (at < lines.length && at < index + 40 && !/:\s*(?:#.*)?$/.test(lines[at])) at++;
  for (at++; at < lines.length && /^\s*(?:#.*)?$/.test(lines[at]); at++);
  return reader.after.test(lines[at] ?? '');
}
