// Reads TOML 1.0 as far as manifests and lock files need it: tables, arrays of tables, dotted keys, strings of all four forms,
// numbers, booleans, dates (as text), arrays and inline tables. A line that cannot be read ends the reading with an error that says where.

const bareKey = /[A-Za-z0-9_-]/;
const depthMax = 32;

export function parseToml(text) {
  return new TomlReader(text.replaceAll('\r\n', '\n')).document();
}

class TomlReader {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.root = Object.create(null);
    this.table = this.root;
  }

  document() {
    for (this.skipBlank(); this.at < this.text.length; this.skipBlank()) {
      if (this.text[this.at] === '[') this.header();
      else this.assignment(this.table, 0);
    }
    return this.root;
  }

  fail(what) {
    const line = this.text.slice(0, this.at).split('\n').length;
    throw new Error(`line ${line}: ${what}`);
  }

  skipSpace() {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at++;
  }

  skipBlank() {
    for (;;) {
      this.skipSpace();
      if (this.text[this.at] === '#') this.skipComment();
      else if (this.text[this.at] === '\n') this.at++;
      else return;
    }
  }

  skipComment() {
    const end = this.text.indexOf('\n', this.at);
    this.at = end === -1 ? this.text.length : end;
  }

  header() {
    const isArray = this.text.startsWith('[[', this.at);
    this.at += isArray ? 2 : 1;
    const keys = this.keys();
    const close = isArray ? ']]' : ']';
    if (!this.text.startsWith(close, this.at)) this.fail(`expected ${close}`);
    this.at += close.length;
    const last = keys.pop();
    const parent = this.descend(this.root, keys);
    if (isArray) {
      parent[last] ??= [];
      if (!Array.isArray(parent[last])) this.fail(`${last} is not a list of tables`);
      const table = Object.create(null);
      parent[last].push(table);
      this.table = table;
    } else this.table = this.descend(parent, [last]);
  }

  /** The table under the keys, made where it is missing; the last element where a list of tables is met. */
  descend(start, keys) {
    let table = start;
    for (const key of keys) {
      table[key] ??= Object.create(null);
      table = Array.isArray(table[key]) ? table[key].at(-1) : table[key];
      if (typeof table !== 'object' || table === null) this.fail(`${key} is not a table`);
    }
    return table;
  }

  keys() {
    const keys = [];
    do {
      if (keys.length > 0) this.at++;
      this.skipSpace();
      keys.push(this.key());
      this.skipSpace();
    } while (this.text[this.at] === '.');
    if (keys.length > depthMax) this.fail('too many levels');
    return keys;
  }

  key() {
    const quote = this.text[this.at];
    if (quote === '"' || quote === "'") return this.string();
    const start = this.at;
    while (this.at < this.text.length && bareKey.test(this.text[this.at])) this.at++;
    if (this.at === start) this.fail(`expected a key, found ${JSON.stringify(this.text[this.at] ?? 'the end')}`);
    return this.text.slice(start, this.at);
  }

  assignment(target, depth) {
    const keys = this.keys();
    if (this.text[this.at] !== '=') this.fail('expected =');
    this.at++;
    this.skipSpace();
    const last = keys.pop();
    const table = this.descend(target, keys);
    table[last] = this.value(depth);
  }

  value(depth) {
    if (depth > depthMax) this.fail('too many levels');
    const character = this.text[this.at];
    if (character === '"' || character === "'") return this.string();
    if (character === '[') return this.list(depth);
    if (character === '{') return this.inlineTable(depth);
    const word = /^[^\s,#\]}]+(?: \d\d:\d\d[^\s,#\]}]*)?/.exec(this.text.slice(this.at, this.at + 200))?.[0];
    if (word === undefined) this.fail('expected a value');
    this.at += word.length;
    if (word === 'true' || word === 'false') return word === 'true';
    const number = Number(word.replaceAll('_', ''));
    return Number.isNaN(number) ? word : number;
  }

  string() {
    const quote = this.text[this.at];
    const long = this.text.startsWith(quote.repeat(3), this.at);
    const fence = long ? quote.repeat(3) : quote;
    this.at += fence.length;
    let end = this.at;
    while (end < this.text.length && !this.text.startsWith(fence, end)) {
      if (!long && this.text[end] === '\n') this.fail('a string is not closed on its line');
      end += quote === '"' && this.text[end] === '\\' ? 2 : 1;
    }
    if (end >= this.text.length) this.fail('a string is never closed');
    const raw = this.text.slice(this.at, end);
    this.at = end + fence.length;
    return quote === '"' ? unescape(raw) : raw;
  }

  list(depth) {
    const items = [];
    this.at++;
    for (this.skipBlank(); this.text[this.at] !== ']'; this.skipBlank()) {
      if (this.at >= this.text.length) this.fail('a list is never closed');
      items.push(this.value(depth + 1));
      this.skipBlank();
      if (this.text[this.at] === ',') this.at++;
      else if (this.text[this.at] !== ']') this.fail('expected , or ]');
    }
    this.at++;
    return items;
  }

  inlineTable(depth) {
    const table = Object.create(null);
    this.at++;
    for (this.skipBlank(); this.text[this.at] !== '}'; this.skipBlank()) {
      if (this.at >= this.text.length) this.fail('a table is never closed');
      this.assignment(table, depth + 1);
      this.skipBlank();
      if (this.text[this.at] === ',') this.at++;
      else if (this.text[this.at] !== '}') this.fail('expected , or }');
    }
    this.at++;
    return table;
  }
}

const escapes = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', '"': '"', '\\': '\\' };

function unescape(raw) {
  return raw.replaceAll(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|\s*\n\s*|(.))/gs, (whole, ...parts) => {
    const [short, long, one] = parts;
    const code = Number.parseInt(short ?? long ?? '', 16);
    if (!Number.isNaN(code)) return code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD';
    return one === undefined ? '' : (escapes[one] ?? whole);
  });
}
