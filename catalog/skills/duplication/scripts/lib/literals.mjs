// @generated from catalog/shared/literals.mjs by catalog/copy-shared.mjs; change it there.

// Comments, strings, regular expressions, here-documents and preprocessor lines: what a scanner steps over or takes as one token.

import { punctuation, string, word } from './token-kinds.mjs';

const regexAfterWord =
  /^(?:return|typeof|case|in|of|delete|void|throw|new|else|do|instanceof|yield|await|if|unless|while|until|when|and|or|not|puts)$/;
const heredocStart = {
  shell: /^<<-?\s*(["']?)([A-Za-z_][\w.-]*)\1/,
  ruby: /^<<[~-]?(["'`]?)([A-Z_]\w*)\1/,
  php: /^<<<\s*(["']?)([A-Za-z_]\w*)\1/,
};
const rubyPercent = /^%(?:[qQwWiIrxs]?)([[({<|!/])/;
const closers = { '[': ']', '(': ')', '{': '}', '<': '>' };
const literalLengthMax = 200_000;

export class LiteralScanner {
  start(scanner, text, profile) {
    this.scanner = scanner;
    this.text = text;
    this.profile = profile;
    this.heredocs = [];
    this.ifs = [];
    this.firstOf = new Uint8Array(128);
    for (const item of [
      ...profile.line,
      ...profile.block.flat(),
      ...profile.quotes,
      ...(profile.long ?? []),
      ...(profile.raw ?? []),
    ]) {
      this.firstOf[item.charCodeAt(0)] = 1;
    }
    if (profile.template) this.firstOf[96] = 1;
    if (profile.regex) this.firstOf[47] = 1;
    if (profile.preprocessor || profile.directives) this.firstOf[35] = 1;
    if (profile.heredoc) this.firstOf[60] = 1;
    if (profile.inTags) this.firstOf[63] = 1;
    if (profile.rubyLiterals) this.firstOf[37] = 1;
    if (profile.lifetimes) this.firstOf[39] = 1;
    if (profile.shell) this.firstOf[36] = 1;
    if (profile.rustRaw || profile.cppRaw) for (const code of [82, 114, 98, 76, 85, 117]) this.firstOf[code] = 1;
    if (profile.verbatim) for (const code of [64, 36]) this.firstOf[code] = 1;
  }

  /** Takes what begins here if it is a comment or literal; says whether it did. */
  take(code) {
    if (code >= 128 || this.firstOf[code] === 0) return false;
    return this.takeComment() || this.takeDirective(code) || this.takeSpecial(code) || this.takeString(code);
  }

  takeComment() {
    const { text, scanner, profile } = this;
    for (const [open, close] of profile.block) {
      if (!text.startsWith(open, scanner.at)) continue;
      // Blocks that open with a letter or `=` are only such at the start of a line.
      if (open.startsWith('=') && !(scanner.at === 0 || text[scanner.at - 1] === '\n')) continue;
      scanner.skipTo(profile.nested ? this.nestedEnd(open, close) : this.plainEnd(open, close));
      return true;
    }
    for (const open of profile.line) {
      if (!text.startsWith(open, scanner.at)) continue;
      if (open === '#' && !this.isHashComment()) continue;
      scanner.skipTo(this.lineEnd(scanner.at));
      return true;
    }
    return false;
  }

  isHashComment() {
    const { text, scanner, profile } = this;
    if (profile.inTags) return text[scanner.at + 1] !== '[';
    return !profile.shell || scanner.at === 0 || /[\s;&|()]/.test(text[scanner.at - 1]);
  }

  plainEnd(open, close) {
    const end = this.text.indexOf(close, this.scanner.at + open.length);
    return end === -1 ? this.text.length : end + close.length;
  }

  nestedEnd(open, close) {
    let depth = 1;
    let at = this.scanner.at + open.length;
    while (depth > 0 && at < this.text.length) {
      const nextClose = this.text.indexOf(close, at);
      if (nextClose === -1) return this.text.length;
      const nextOpen = this.text.indexOf(open, at);
      const opens = nextOpen !== -1 && nextOpen < nextClose;
      depth += opens ? 1 : -1;
      at = opens ? nextOpen + open.length : nextClose + close.length;
    }
    return at;
  }

  lineEnd(from) {
    const end = this.text.indexOf('\n', from);
    return end === -1 ? this.text.length : end;
  }

  /** Alternatives of the preprocessor are all read while each is whole in itself; of halves that would not fit, the first counts. */
  takeDirective(code) {
    const { text, scanner, profile } = this;
    if (code !== 35 || !scanner.lineFresh || !(profile.preprocessor || profile.directives)) return false;
    const end = this.directiveEnd(scanner.at);
    const name = /^#\s*(\w+)\s*(0\b|false\b)?/.exec(text.slice(scanner.at, scanner.at + 80));
    scanner.skipTo(end);
    if (profile.preprocessor && name !== null) this.onDirective(name[1], name[2] !== undefined);
    return true;
  }

  onDirective(name, never) {
    const { scanner } = this;
    if (name.startsWith('if')) {
      this.ifs.push(scanner.count);
      if (name === 'if' && never) this.skipAlternative();
    } else if (name === 'endif') this.ifs.pop();
    else if (name === 'else' || name.startsWith('elif')) {
      if (this.isWhole(this.ifs.at(-1) ?? scanner.count)) this.ifs[Math.max(0, this.ifs.length - 1)] = scanner.count;
      else this.skipAlternative();
    }
  }

  /** Whether every bracket that was opened since is closed. */
  isWhole(from) {
    const { scanner } = this;
    let depth = 0;
    for (let index = from; index < scanner.count; index++) {
      if (scanner.kinds[index] !== punctuation) continue;
      const code = scanner.codeOf(index);
      if (code === 40 || code === 123) depth++;
      else if (code === 41 || code === 125) depth--;
      if (depth < 0) return false;
    }
    return depth === 0;
  }

  directiveEnd(from) {
    let end = this.lineEnd(from);
    while (
      end < this.text.length &&
      (this.text[end - 1] === '\\' || (this.text[end - 1] === '\r' && this.text[end - 2] === '\\'))
    )
      end = this.lineEnd(end + 1);
    return end;
  }

  skipAlternative() {
    const { text, scanner } = this;
    const directive = /^[ \t]*#\s*(if|ifdef|ifndef|else|elif|endif)\b/gm;
    directive.lastIndex = scanner.at;
    let depth = 0;
    for (let match = directive.exec(text); match !== null; match = directive.exec(text)) {
      if (match[1].startsWith('if')) depth++;
      else if (match[1] === 'endif' && depth-- === 0) return scanner.skipTo(match.index);
      // After `#if 0` the first alternative is what counts.
      else if (match[1] === 'else' && depth === 0) return scanner.skipTo(this.lineEnd(match.index));
    }
    return scanner.skipTo(text.length);
  }

  takeSpecial(code) {
    const { profile } = this;
    if (code === 96 && profile.template) return this.takeTemplate();
    if (code === 47 && profile.regex) return this.takeRegex();
    if (code === 60 && profile.heredoc) return this.takeHeredoc();
    if (code === 63 && profile.inTags) return this.takeTagEnd();
    if (code === 37 && profile.rubyLiterals) return this.takePercent();
    if (code === 39 && profile.lifetimes) return this.takeLifetime();
    if (code === 36 && profile.shell) return this.takeExpansion();
    if (profile.rustRaw || profile.cppRaw || profile.verbatim) return this.takePrefixed();
    return false;
  }

  /** Everything up to the closing back quote, with `${ }` inside which may hold further templates. */
  takeTemplate() {
    const end = this.templateEnd(this.scanner.at, 0);
    this.scanner.push(string, this.scanner.at, end);
    return true;
  }

  templateEnd(from, depth) {
    const { text } = this;
    let braces = 0;
    for (let at = from + 1; at < text.length; at++) {
      const character = text[at];
      if (character === '\\') at++;
      else if (character === '`' && braces === 0) return at + 1;
      else if (character === '`') at = depth < 20 ? this.templateEnd(at, depth + 1) - 1 : at;
      else if (character === '$' && text[at + 1] === '{' && braces === 0) {
        braces = 1;
        at++;
      } else if (braces > 0 && character === '{') braces++;
      else if (braces > 0 && character === '}') braces--;
    }
    return text.length;
  }

  takeRegex() {
    const { text, scanner } = this;
    if (!this.regexMayStand()) return false;
    let inClass = false;
    for (let at = scanner.at + 1; at < text.length && text[at] !== '\n'; at++) {
      const character = text[at];
      if (character === '\\') at++;
      else if (character === '[') inClass = true;
      else if (character === ']') inClass = false;
      else if (character === '/' && !inClass) {
        let end = at + 1;
        while (end < text.length && /[a-z]/.test(text[end])) end++;
        scanner.push(string, scanner.at, end);
        return true;
      }
    }
    return false;
  }

  /** A slash divides after a value and opens a regular expression elsewhere. */
  regexMayStand() {
    const { scanner } = this;
    const last = scanner.count - 1;
    if (last < 0) return true;
    if (scanner.kinds[last] === word) return regexAfterWord.test(scanner.textOf(last));
    if (scanner.kinds[last] !== punctuation) return false;
    return !')]'.includes(this.text[scanner.starts[last]]) && !['++', '--'].includes(scanner.textOf(last));
  }

  takeHeredoc() {
    const { text, scanner, profile } = this;
    const match = heredocStart[profile.heredoc].exec(text.slice(scanner.at, scanner.at + 100));
    if (match === null || (profile.heredoc === 'shell' && text[scanner.at - 1] === '<')) return false;
    this.heredocs.push(match[2]);
    scanner.push(string, scanner.at, scanner.at + match[0].length);
    return true;
  }

  /** The bodies of here-documents begin after the line that names them. */
  afterLineEnd() {
    const { text, scanner } = this;
    while (this.heredocs.length > 0) {
      const end = new RegExp(`^[ \\t]*${this.heredocs.shift().replaceAll(/[.]/g, '\\.')}\\b`, 'm');
      const rest = text.slice(scanner.at, scanner.at + literalLengthMax);
      const match = end.exec(rest);
      scanner.skipTo(scanner.at + (match === null ? rest.length : match.index + match[0].length));
    }
  }

  takeTagEnd() {
    if (this.text[this.scanner.at + 1] !== '>') return false;
    this.skipToTag();
    return true;
  }

  skipToTag() {
    const { text, scanner } = this;
    const open = /<\?(?:php\b|=)/g;
    open.lastIndex = scanner.at;
    const match = open.exec(text);
    scanner.skipTo(match === null ? text.length : match.index + match[0].length);
  }

  takePercent() {
    const { text, scanner } = this;
    const match = rubyPercent.exec(text.slice(scanner.at, scanner.at + 3));
    if (match === null || (match[0].length === 2 && !this.regexMayStand())) return false;
    const close = closers[match[1]] ?? match[1];
    let depth = 1;
    for (let at = scanner.at + match[0].length; at < text.length && at < scanner.at + literalLengthMax; at++) {
      if (text[at] === '\\') at++;
      else if (text[at] === close) depth--;
      else if (text[at] === match[1]) depth++;
      if (depth === 0) {
        scanner.push(string, scanner.at, at + 1);
        return true;
      }
    }
    return false;
  }

  /** `'a` is a lifetime or a symbol, `'a'` a character. */
  takeLifetime() {
    const { text, scanner } = this;
    const match = /^'(?:\\(?:u\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|.)|[^\\'\n]{1,2})'/.exec(
      text.slice(scanner.at, scanner.at + 14),
    );
    if (match === null) {
      scanner.at++;
      return true;
    }
    scanner.push(string, scanner.at, scanner.at + match[0].length);
    return true;
  }

  /** In a shell, `${name#pattern}` holds neither comment nor brace. */
  takeExpansion() {
    const { text, scanner } = this;
    if (text[scanner.at + 1] !== '{') return false;
    let depth = 0;
    for (let at = scanner.at + 1; at < text.length && at < scanner.at + 2_000; at++) {
      if (text[at] === '\\') at++;
      else if (text[at] === '{') depth++;
      else if (text[at] === '}' && --depth === 0) {
        scanner.push(word, scanner.at, at + 1);
        return true;
      }
    }
    return false;
  }

  /** Strings whose prefix changes where they end: r#".."#, R"x(..)x", @"..", $@"..". */
  takePrefixed() {
    const { text, scanner, profile } = this;
    const before = scanner.at === 0 ? '' : text[scanner.at - 1];
    if (/\w/.test(before)) return false;
    const head = text.slice(scanner.at, scanner.at + 40);
    if (profile.rustRaw) {
      const match = /^b?r(#*)"/.exec(head);
      return match !== null && this.takeUntil(`"${match[1]}`, match[0].length);
    }
    if (profile.cppRaw) {
      const match = /^(?:u8|[LuU])?R"([^()\\\s]{0,16})\(/.exec(head);
      return match !== null && this.takeUntil(`)${match[1]}"`, match[0].length);
    }
    const match = /^(?:\$@|@\$|@)"/.exec(head);
    if (match === null) return false;
    let at = scanner.at + match[0].length;
    while (at < text.length && !(text[at] === '"' && text[at + 1] !== '"')) at += text[at] === '"' ? 2 : 1;
    scanner.push(string, scanner.at, Math.min(at + 1, text.length));
    return true;
  }

  takeUntil(close, skip) {
    const { text, scanner } = this;
    const end = text.indexOf(close, scanner.at + skip);
    scanner.push(string, scanner.at, end === -1 ? text.length : end + close.length);
    return true;
  }

  takeString(code) {
    const { text, scanner, profile } = this;
    const quote = String.fromCharCode(code);
    for (const fence of profile.long ?? []) if (text.startsWith(fence, scanner.at)) return this.takeLong(fence);
    if ((profile.raw ?? []).includes(quote)) return this.takeUntil(quote, 1);
    if (!profile.quotes.includes(quote)) return false;
    for (let at = scanner.at + 1; at < text.length; at++) {
      const character = text.charCodeAt(at);
      if (character === 92) at++;
      else if (character === code) {
        scanner.push(string, scanner.at, at + 1);
        return true;
      } else if (character === 10 && !profile.multiline) break;
    }
    // Not closed: an apostrophe in text that only looks like code. One character is stepped over.
    scanner.at++;
    return true;
  }

  takeLong(fence) {
    const { text, scanner } = this;
    let at = scanner.at + fence.length;
    while (at < text.length && !text.startsWith(fence, at)) at += text[at] === '\\' ? 2 : 1;
    scanner.push(string, scanner.at, Math.min(at + fence.length, text.length));
    return true;
  }
}
