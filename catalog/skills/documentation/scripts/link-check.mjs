// Whether relative links lead somewhere. Links to other sites are counted and not fetched.

import { findAnchors, findLinks } from './markdown-links.mjs';

const external = /^(?:[a-z][a-z0-9+.-]*:|\/\/|#\/)/i;
const template = /\{\{|\{%|\$\{|<%|^@|^\{/;
const generator =
  /(?:^|\/)(?:docusaurus\.config\.[cm]?[jt]s|mkdocs\.ya?ml|_config\.yml|hugo\.(?:toml|yaml)|config\.toml|conf\.py|book\.toml|antora\.yml|\.vitepress\/config\.\w+|\.vuepress\/config\.\w+|astro\.config\.\w+|_sidebar\.md|SUMMARY\.md|sidebars\.[jt]s|typedoc\.json|gatsby-config\.js|mint\.json|nextra)/;

export class LinkChecker {
  /** `read(path)` gives a file's text or undefined. */
  constructor(files, read) {
    this.read = read;
    this.paths = new Set(files.map((file) => file.path));
    this.folders = foldersOf(this.paths);
    this.lower = new Map([...this.paths, ...this.folders].map((path) => [path.toLowerCase(), path]));
    this.anchors = new Map();
    this.hasGenerator = files.some((file) => generator.test(file.path));
    this.checked = 0;
    this.external = 0;
  }

  /** `[{ kind: 'missing' | 'case' | 'anchor', target, line, image, detail }]` for one document. */
  check(path, text) {
    const broken = [];
    for (const link of findLinks(text)) {
      if (link.target === '' || external.test(link.target) || template.test(link.target)) {
        if (external.test(link.target)) this.external++;
        continue;
      }
      this.checked++;
      const problem = this.problemOf(path, text, link);
      if (problem !== undefined) broken.push({ ...link, ...problem });
    }
    return broken;
  }

  problemOf(path, text, { target, image }) {
    const [rawFile, rawAnchor] = splitOnce(target.replace(/\?[^#]*/, ''), '#');
    const anchor = decode(rawAnchor ?? '').toLowerCase();
    if (rawFile === '') return this.anchorProblem(path, text, anchor);
    const file = decode(rawFile);
    // An address from the root of a site means what its generator makes of it.
    if (file.startsWith('/') && this.hasGenerator) return undefined;
    const resolved = resolvePath(path, file);
    // Above the root lie the host's own pages: ../../issues, ../../wiki.
    if (resolved === undefined) return undefined;
    const found = this.find(resolved);
    if (found === undefined) return this.missingProblem(resolved, image);
    if (anchor === '' || !/\.(?:md|mdx|markdown)$/i.test(found)) return undefined;
    return this.anchorProblem(found, undefined, anchor);
  }

  /** The path itself, or what a documentation generator would find under it. */
  find(resolved) {
    if (this.paths.has(resolved) || this.folders.has(resolved)) return resolved;
    const plain = resolved.replace(/\/$/, '').replace(/\.html?$/, '');
    const candidates = [
      plain,
      `${plain}.md`,
      `${plain}.mdx`,
      `${plain}.rst`,
      `${plain}/index.md`,
      `${plain}/README.md`,
      `${plain}/_index.md`,
      `${plain}.txt`,
    ];
    return candidates.find((candidate) => this.paths.has(candidate) || this.folders.has(candidate));
  }

  missingProblem(resolved, image) {
    const other = this.lower.get(resolved.toLowerCase());
    if (other !== undefined)
      return {
        kind: 'case',
        detail: `The file is called ${other}; where upper and lower case matter, the link fails.`,
      };
    const isPage = !/\.\w{1,5}$/.test(resolved);
    if (isPage && this.hasGenerator) return undefined;
    return { kind: 'missing', detail: `There is no ${resolved} in the repository.`, image };
  }

  anchorProblem(path, text, anchor) {
    if (anchor === '' || anchor === 'top' || /^l\d+(?:-l\d+)?$/.test(anchor) || anchor.startsWith(':~:'))
      return undefined;
    let anchors = this.anchors.get(path);
    if (anchors === undefined) {
      anchors = findAnchors(text ?? this.read(path) ?? '');
      this.anchors.set(path, anchors);
    }
    if (anchors.has(anchor) || anchors.has(anchor.replace(/^user-content-/, '')) || anchors.size === 0)
      return undefined;
    return { kind: 'anchor', detail: `${path} has no heading that gives the anchor #${anchor}.` };
  }
}

function foldersOf(paths) {
  const folders = new Set(['']);
  for (const path of paths) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
}

function resolvePath(from, target) {
  const segments = target.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..' && segments.pop() === undefined) return undefined;
    if (part !== '..' && part !== '.' && part !== '') segments.push(part);
  }
  return segments.join('/');
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
