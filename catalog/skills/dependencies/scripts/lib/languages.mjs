// @generated from catalog/shared/languages.mjs by catalog/copy-shared.mjs; change it there.

// Which language a file is written in, from its name, or from its first line when the name says nothing.

// kind | language | extensions | whole file names. `code` is what metrics count; `prose`, `data` and `markup` are listed apart.
const table = `
code|JavaScript|js mjs cjs jsx
code|TypeScript|ts mts cts tsx
code|Python|py pyi pyw|SConstruct SConscript
code|Go|go
code|Rust|rs
code|Java|java
code|Kotlin|kt kts
code|Scala|scala sc
code|Groovy|groovy gradle|Jenkinsfile
code|C|c h
code|C++|cc cpp cxx c++ hh hpp hxx h++ ipp inl tpp
code|C#|cs csx
code|F#|fs fsi fsx
code|Visual Basic|vb vbs bas
code|Objective-C|m mm
code|Swift|swift
code|Ruby|rb rake gemspec|Rakefile Gemfile Vagrantfile Podfile Fastfile
code|PHP|php php5 phtml
code|Perl|pl pm t
code|Raku|raku rakumod
code|Lua|lua
code|R|r R
code|Julia|jl
code|Dart|dart
code|Elixir|ex exs
code|Erlang|erl hrl
code|Haskell|hs lhs
code|OCaml|ml mli
code|Clojure|clj cljs cljc edn
code|Common Lisp|lisp cl lsp
code|Emacs Lisp|el
code|Scheme|scm ss rkt
code|Shell|sh bash zsh ksh fish bats|configure .bashrc .profile .zshrc
code|PowerShell|ps1 psm1 psd1
code|Batch|bat cmd
code|SQL|sql
code|Assembly|s S asm nasm
code|Zig|zig
code|Nim|nim
code|D|d
code|Crystal|cr
code|V|v
code|Fortran|f f90 f95 f03 for
code|Pascal|pas pp dpr
code|Ada|adb ads
code|COBOL|cob cbl
code|Solidity|sol
code|CUDA|cu cuh
code|GLSL|glsl vert frag geom comp
code|WGSL|wgsl
code|VHDL|vhd vhdl
code|Verilog|sv svh
code|Tcl|tcl
code|Awk|awk
code|M4|m4 ac|configure.ac
code|Yacc|y yy
code|Lex|l ll
code|Makefile|mk mak|Makefile makefile GNUmakefile
code|CMake|cmake|CMakeLists.txt
code|Starlark|bzl bazel|BUILD WORKSPACE
code|Dockerfile|dockerfile|Dockerfile Containerfile
code|HCL|tf tfvars hcl
code|Nix|nix
code|Vue|vue
code|Svelte|svelte
code|Astro|astro
code|Elm|elm
code|PureScript|purs
code|CoffeeScript|coffee
code|GraphQL|graphql gql
code|Protocol Buffers|proto
code|Thrift|thrift
code|WebAssembly|wat wast
code|Vim script|vim|.vimrc
markup|HTML|html htm xhtml
markup|CSS|css
markup|SCSS|scss
markup|Sass|sass
markup|Less|less
markup|Stylus|styl
markup|XML|xml xsd xsl xslt plist csproj vbproj fsproj props targets resx xib storyboard
markup|SVG|svg
markup|EJS|ejs
markup|Handlebars|hbs handlebars mustache
markup|Jinja|j2 jinja jinja2
markup|Pug|pug jade
markup|TeX|tex sty cls bib
prose|Markdown|md markdown mdx mdown
prose|reStructuredText|rst
prose|AsciiDoc|adoc asciidoc
prose|Org|org
prose|Roff|1 2 3 4 5 6 7 8 man mdoc roff
prose|Texinfo|texi texinfo
prose|Text|txt text|README LICENSE LICENCE COPYING NOTICE AUTHORS CHANGELOG CHANGES NEWS INSTALL CONTRIBUTING TODO
data|JSON|json json5 jsonc jsonl ndjson geojson webmanifest map|.eslintrc .babelrc .prettierrc
data|YAML|yml yaml
data|TOML|toml|Pipfile Cargo.lock poetry.lock
data|INI|ini cfg conf properties editorconfig|.editorconfig .gitconfig .npmrc
data|CSV|csv tsv
data|Gettext|po pot
data|Diff|diff patch
data|Jupyter Notebook|ipynb
data|Lockfile|lock sum|package-lock.json yarn.lock
data|dotenv|env|.env
data|PEM|pem crt cer key pub asc
data|Ignore list||.gitignore .dockerignore .npmignore .eslintignore .prettierignore .gitattributes
`;

const byExtension = new Map();
const byName = new Map();
export const kindOfLanguage = new Map();

for (const row of table.trim().split('\n')) {
  const [kind, language, extensions, names = ''] = row.split('|');
  kindOfLanguage.set(language, kind);
  for (const extension of extensions.split(' ')) byExtension.set(extension, language);
  for (const name of names.split(' ')) byName.set(name, language);
}

const byInterpreter = [
  [/\b(?:node|nodejs|bun)\b/, 'JavaScript'],
  [/\b(?:deno|tsx|ts-node)\b/, 'TypeScript'],
  [/\bpython[\d.]*\b/, 'Python'],
  [/\b(?:ba|z|k|da|a)?sh\b/, 'Shell'],
  [/\bruby\b/, 'Ruby'],
  [/\bperl\b/, 'Perl'],
  [/\bphp\b/, 'PHP'],
  [/\blua\b/, 'Lua'],
  [/\bRscript\b/, 'R'],
  [/\b[gmn]?awk\b/, 'Awk'],
  [/\btclsh\b/, 'Tcl'],
];

/** The language of a path, or undefined when the name does not tell. */
export function languageOfName(path) {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const whole = byName.get(name);
  if (whole !== undefined) return whole;
  if (/^(?:Dockerfile|Containerfile)[.-]/.test(name)) return 'Dockerfile';
  if (/^\.env(?:\..+)?$/.test(name)) return 'dotenv';
  if (/^(?:README|LICEN[CS]E|COPYING|CHANGELOG)[.-][\w.-]*$/.test(name) && !/\.(?:md|rst|adoc|html|json)$/i.test(name))
    return 'Text';
  const dot = name.lastIndexOf('.');
  if (dot <= 0) return undefined;
  const extension = name.slice(dot + 1);
  return byExtension.get(extension) ?? byExtension.get(extension.toLowerCase());
}

/** Settles what the name leaves open. `head` is the beginning of the file's text. */
export function languageOfContent(path, head, guess) {
  if (guess === undefined && head.startsWith('#!')) {
    const line = head.slice(0, head.indexOf('\n') === -1 ? head.length : head.indexOf('\n'));
    return byInterpreter.find(([pattern]) => pattern.test(line))?.[1];
  }
  if (
    guess === 'C' &&
    path.endsWith('.h') &&
    /^\s*(?:class\s+\w+|namespace\s+\w+|template\s*<|public:|private:|using\s+\w+)/m.test(head)
  )
    return 'C++';
  if (
    guess === 'Objective-C' &&
    path.endsWith('.m') &&
    !/^\s*(?:#import|@interface|@implementation|#include)/m.test(head)
  )
    return 'MATLAB';
  if (guess === 'TypeScript' && path.endsWith('.ts') && head.startsWith('<?xml')) return 'XML';
  if (guess === 'Perl' && path.endsWith('.t') && !/\b(?:use|my|sub|package)\b/.test(head)) return undefined;
  if (guess === 'Roff' && !/^[.']/m.test(head.slice(0, 400))) return undefined;
  return guess;
}
