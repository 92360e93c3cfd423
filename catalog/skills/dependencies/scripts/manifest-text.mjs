// Small helpers on the texts of manifests: folders, lines, JSON with problems reported instead of thrown.

export function dirname(path) {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

export function joinPath(folder, name) {
  return folder === '' ? name : `${folder}/${name}`;
}

/** The line of `"key":` in a JSON text; the last one, because dependencies come after other uses of a name. */
export function lineOfKey(text, key) {
  const at = text.lastIndexOf(`${JSON.stringify(key)}:`);
  return at === -1 ? undefined : lineAt(text, at);
}

/** The line of the first place where a word stands by itself. */
export function lineOfWord(text, word) {
  const escaped = word.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const match = new RegExp(`(?<![\\w.-])${escaped}(?![\\w-])`, 'i').exec(text);
  return match === null ? undefined : lineAt(text, match.index);
}

export function lineAt(text, index) {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

export function parseJson(project, file, text) {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    project.unreadable(file, error.message);
    return undefined;
  }
}
