// @generated from catalog/shared/token-profiles.mjs by catalog/copy-shared.mjs; change it there.

// How each language writes comments and literals: what a scanner must know to tell code from text.
//
// line      starts of comments that end with the line
// block     pairs of starts and ends of other comments; `nested` when they nest
// quotes    characters that open a string on one line; `multiline` when such strings may span lines
// long      pairs of fences of strings that span lines, tried before `quotes`; `raw` fences know no escapes
// and flags for what only some languages have.

const c = { line: ['//'], block: [['/*', '*/']], quotes: ['"', "'"] };
const javascript = { ...c, quotes: ['"', "'"], template: true, regex: true, family: 'javascript' };
const hash = { line: ['#'], block: [], quotes: ['"', "'"] };

const profiles = {
  JavaScript: javascript,
  TypeScript: javascript,
  Vue: javascript,
  Svelte: javascript,
  Astro: javascript,
  Python: { ...hash, long: ['"""', "'''"], family: 'python' },
  Go: { ...c, raw: ['`'], family: 'go' },
  Rust: { ...c, quotes: ['"'], nested: true, multiline: true, lifetimes: true, rustRaw: true, family: 'rust' },
  Java: { ...c, long: ['"""'], family: 'java' },
  Kotlin: { ...c, long: ['"""'], nested: true, family: 'kotlin' },
  Scala: { ...c, long: ['"""'], nested: true, lifetimes: true, quotes: ['"'] },
  Groovy: { ...c, long: ['"""', "'''"] },
  Swift: { ...c, quotes: ['"'], long: ['"""'], nested: true, family: 'swift' },
  C: { ...c, preprocessor: true, family: 'c' },
  'C++': { ...c, preprocessor: true, cppRaw: true, family: 'c' },
  CUDA: { ...c, preprocessor: true, cppRaw: true, family: 'c' },
  'Objective-C': { ...c, preprocessor: true },
  'C#': { ...c, long: ['"""'], directives: true, verbatim: true, family: 'csharp' },
  Ruby: {
    ...hash,
    block: [['=begin', '=end']],
    heredoc: 'ruby',
    rubyLiterals: true,
    regex: true,
    multiline: true,
    family: 'ruby',
  },
  Crystal: { ...hash, multiline: true, regex: true },
  PHP: { ...c, line: ['//', '#'], heredoc: 'php', inTags: true, multiline: true, family: 'php' },
  Shell: { ...hash, heredoc: 'shell', shell: true, multiline: true, family: 'shell' },
  Perl: {
    ...hash,
    block: [
      ['=pod', '=cut'],
      ['=head', '=cut'],
    ],
    multiline: true,
    regex: true,
  },
  R: { ...hash, multiline: true },
  Julia: { line: ['#'], block: [['#=', '=#']], quotes: ['"'], long: ['"""'] },
  Elixir: { ...hash, long: ['"""', "'''"] },
  Lua: { line: ['--'], block: [['--[[', ']]']], quotes: ['"', "'"] },
  SQL: { line: ['--'], block: [['/*', '*/']], quotes: ["'", '"'], multiline: true },
  Haskell: { line: ['--'], block: [['{-', '-}']], quotes: ['"'], nested: true },
  Dart: { ...c, long: ['"""', "'''"] },
  Zig: { line: ['//'], block: [], quotes: ['"', "'"] },
  Solidity: c,
  D: { ...c, raw: ['`'] },
  GLSL: c,
  V: c,
  'Protocol Buffers': c,
};

/** Undefined for languages whose comments and literals are not known here. */
export function profileOf(language) {
  return profiles[language];
}
