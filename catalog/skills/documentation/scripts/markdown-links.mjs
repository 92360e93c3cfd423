// Links and headings of a Markdown text, with lines. Code is left out: what looks like a link there is an example.

/** The text with code blocks, code spans and comments blanked out, so that positions stay right. */
export function withoutCode(text) {
  const blank = (part) => part.replaceAll(/[^\n]/g, ' ');
  return text
    .replaceAll(/^([ \t>]*)(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^[ \t>]*\2[`~]*[ \t]*$|(?![\s\S]))/gm, blank)
    .replaceAll(/<!--[\s\S]*?-->/g, blank)
    .replaceAll(/(`+)(?!`)[^\n]*?[^`\n]\1(?!`)/g, blank)
    .replaceAll(/<(pre|code|script|style)\b[\s\S]*?<\/\1>/gi, blank);
}

/** `[{ target, line, image }]`: inline links, images, reference definitions, and links in HTML. */
export function findLinks(text) {
  const clean = withoutCode(text);
  const found = [];
  const patterns = [
    /(!?)\[(?:[^[\]\n]|\[[^\]\n]*\])*\]\(\s*<?((?:[^\s()<>]|\([^\s()]*\))+)>?(?:\s+(?:"[^"]*"|'[^']*'|\([^)]*\)))?\s*\)/g,
    /^()[ \t]{0,3}\[[^\]\n^]+\]:[ \t]*<?([^\s>]+)>?/gm,
    /<(a|img|source)\b[^>]*?\b(?:href|src)\s*=\s*["']([^"'\n]+)["']/gi,
  ];
  for (const pattern of patterns) {
    for (const match of clean.matchAll(pattern))
      found.push({
        target: match[2],
        line: lineAt(clean, match.index),
        image: match[1] === '!' || /^(?:img|source)$/i.test(match[1]),
      });
  }
  return found.sort((a, b) => a.line - b.line || (a.target < b.target ? -1 : 1));
}

/** The anchors that GitHub makes of the headings, and those the text sets itself. */
export function findAnchors(text) {
  const anchors = new Set();
  const seen = new Map();
  const clean = text.replaceAll(
    /^([ \t>]*)(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^[ \t>]*\2[`~]*[ \t]*$|(?![\s\S]))/gm,
    (part) => part.replaceAll(/[^\n]/g, ' '),
  );
  for (const heading of headingsOf(clean)) {
    const explicit = /\{#([\w-]+)\}\s*$/.exec(heading)?.[1];
    if (explicit !== undefined) anchors.add(explicit);
    const slug = slugOf(heading.replace(/\{#[\w-]+\}\s*$/, ''));
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  for (const match of clean.matchAll(/<[a-z][\w-]*\b[^>]*?\b(?:id|name)\s*=\s*["']?([^"'\s>]+)/gi))
    anchors.add(match[1].toLowerCase());
  return anchors;
}

export function headingsOf(text) {
  const headings = [];
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const match =
      /^ {0,3}#{1,6}[ \t]+(.+?)(?:[ \t]+#+)?[ \t\r]*$/.exec(lines[index]) ??
      /^\s*<h[1-6][^>]*>(.+?)<\/h[1-6]>/i.exec(lines[index]);
    if (match !== null) headings.push(match[1]);
    else if (
      /^ {0,3}(?:=+|-+)[ \t\r]*$/.test(lines[index]) &&
      index > 0 &&
      /\S/.test(lines[index - 1]) &&
      !/^\s*(?:[-*+>|]|\d+\.)/.test(lines[index - 1])
    )
      headings.push(lines[index - 1].trim());
  }
  return headings;
}

/** Lower case, without markup and punctuation, spaces as hyphens. */
export function slugOf(heading) {
  // What stands in a code span is text, also when it looks like a tag.
  const parts = heading.split(/(`+[^`]*`+)/);
  const text = parts.map((part) => (part.startsWith('`') ? part.replaceAll('`', '') : withoutMarkup(part))).join('');
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

function withoutMarkup(text) {
  return text
    .replaceAll(/!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])?/g, '$1')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll(/:([a-z0-9_+-]+):/g, '$1')
    .replaceAll(/\\([\\`*_{}[\]()#+.!<>-])/g, '$1')
    .replaceAll(/\*\*|~~|\*|(?<![\p{L}\p{N}])_{1,2}|_{1,2}(?![\p{L}\p{N}])/gu, '');
}

function lineAt(text, index) {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
