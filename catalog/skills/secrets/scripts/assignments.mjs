// Secrets without a form of their own: something called a password or key that is set to a literal, and logins inside URLs.
// Here false alarms are the danger, so a value must look chosen or random, and must not look like a placeholder.

import { entropyOf } from './checksums.mjs';

// Cheap and run over everything; the costly pattern below sees only lines that hold one of these.
const keyword =
  /passw(?:or)?d|passphrase|secret|(?:api|access|auth|private|encryption|signing)[_-]?key|token|credential/gi;
// `[A-Za-z0-9_.-]{0,40}` on both sides of the word takes the whole identifier.
const assignment =
  /(?<![A-Za-z0-9_.-])((?:[A-Za-z0-9_.-]{0,40}?)(?:passw(?:or)?d|passphrase|secret|(?:api|access|auth|private|encryption|signing)[_-]?key|(?:auth|access)[_-]?token|client[_-]?secret|credentials?|token)(?:[A-Za-z0-9_-]{0,20}))["'`]?\s{0,5}(?::=|=>|[:=])\s{0,5}(?:(["'`])([^"'`\s]{8,200})\2|([A-Za-z0-9+/=_.~!@#%^&*-]{8,200})(?=\s|$))/gi;
const lineLengthMax = 2_000;
const loginLengthMax = 300;
const scheme = /[a-z][a-z0-9+.-]{1,20}$/;
const login = /^([^\s:/@"'`<>(){}[\]$|\\,]{1,60}):([^\s:/@"'`<>(){}[\]|\\]{3,120})@([A-Za-z0-9.-]{3,100})/;

const placeholder =
  /example|sample|dummy|fake|mock|placeholder|change[_-]?(?:me|it|this)|replace|insert|your|todo|fixme|redacted|hidden|secret[_-]?(?:key|here|value|name)|my[_-]?(?:secret|password|token|key)|<[^>]*>|\$\{|\$\(|\{\{|%\(|%s|\.\.\.|…|x{4,}|\*{3,}|0{6,}|1{6,}|abcd|1234|qwerty|foobar|foo|bar$|baz|lorem|test|default|undefined|none|null|true|false|required|optional|string|process\.env|env\.|getenv|environ|config\.|settings\.|secrets?\.|vault|keychain|not[_-]?(?:a|the|so)|invalid|wrong|correct|incorrect|unknown|missing/i;
const wordsOnly = /^[A-Za-z]+(?:[ ._/:-][A-Za-z]+)*$/;
const codeLike =
  /^[\w.]+\([^)]*\)?;?$|^[A-Za-z_][\w.]*\[[^\]]*\]$|^(?:self|this|req|request|ctx|os|args|opts|options|params|data|obj|user|input|event|response|res|props|state)\b[.[]|^[&*]?[A-Za-z_]\w*(?:\.|->|::)[A-Za-z_]|^\/|^https?:|^\.{0,2}\//;
const nameIsNot =
  /(?:public|csrf|xsrf|page|next|continuation|cancel(?:lation)?|lexer?|parse[rd]?|syntax|sort|partition|primary|foreign|cache|idempotency|pagination|cursor|reset|verify|forgot|confirm|hint|label|field|column|header|prefix|suffix|type|kind|name|path|file|url|uri|dir|regex|pattern|policy|min|max|len|length|size|count|strength|error|message|placeholder|title|description|endpoint|expires?|expiry|ttl|id|input|selector|class|param(?:eter)?|required|enabled|provider|manager|service|store|storage|format|algorithm|hash(?:er)?|salt|index|position|style|color|colou?r|shape|info|meta|model|node|stream|list|map|set|array|table|ref|arn)$/i;
const dataFileMax = 200_000;

/** `[{ id, index, length, name, value, entropy }]` in one file's text. */
export function findAssignments(file, text) {
  const found = [];
  if (isWorthReading(file, text)) {
    let lineEnd = -1;
    for (const { index } of text.matchAll(keyword)) {
      if (index < lineEnd) continue;
      const lineStart = text.lastIndexOf('\n', index) + 1;
      const end = text.indexOf('\n', index);
      lineEnd = end === -1 ? text.length : end;
      if (lineEnd - lineStart <= lineLengthMax)
        readLine(file, { line: text.slice(lineStart, lineEnd), lineStart, found });
    }
  }
  if (text.includes('://')) found.push(...findUrlLogins(text));
  return found;
}

function readLine(file, { line, lineStart, found }) {
  for (const match of line.matchAll(assignment)) {
    const value = match[3] ?? match[4];
    // Without quotes only configuration can be meant: in code it is a variable or a type.
    if (match[3] === undefined && !isConfiguration(file)) continue;
    if (!looksSecret(match[1], value, file)) continue;
    found.push({
      id: 'assigned-secret',
      index: lineStart + match.index,
      length: match[0].length,
      name: match[1],
      value,
      entropy: entropyOf(value),
    });
  }
}

function isConfiguration(file) {
  return (
    file.language === 'dotenv' ||
    file.language === 'INI' ||
    file.language === 'YAML' ||
    file.language === 'TOML' ||
    file.language === 'Shell' ||
    file.language === 'Dockerfile'
  );
}

/** Large data files, translations and lock files hold keys and hashes that nobody logs in with. */
function isWorthReading(file, text) {
  if (file.generated || file.vendored || file.kind === 'prose' || file.kind === 'markup') return false;
  if (
    file.kind === 'data' &&
    (text.length > dataFileMax || file.language === 'Gettext' || file.language === 'Diff' || file.language === 'CSV')
  )
    return false;
  return !/(?:^|\/)(?:locales?|i18n|lang|translations?|messages)\//i.test(file.path);
}

function looksSecret(name, value, file) {
  const lastPart = name.replace(/^.*\./, '');
  if (nameIsNot.test(lastPart)) return false;
  if (placeholder.test(value) || codeLike.test(value) || wordsOnly.test(value)) return false;
  if (value.toLowerCase().includes(lastPart.toLowerCase().replaceAll(/[_-]/g, ''))) return false;
  if (/^(.)\1*$/.test(value) || /^[\W_]+$/.test(value) || /^\d{1,9}$/.test(value)) return false;
  const password = /pass/i.test(lastPart);
  const hasKinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  // A token is random; a password was chosen by a person and only has to look unlike a word.
  if (password) return hasKinds >= 2 && /\d|[^A-Za-z0-9_]/.test(value) && entropyOf(value) >= 2.5 && value.length <= 64;
  // A UUID names a thing unless what it is assigned to says otherwise.
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) && !/secret|api/i.test(lastPart)) return false;
  const hex = /^[a-f0-9]+$/i.test(value);
  const enough = hex
    ? value.length >= 24 && entropyOf(value) >= 3
    : value.length >= 16 && entropyOf(value) >= 3.6 && hasKinds >= 2 && /\d/.test(value);
  if (!enough) return false;
  // Words joined by hyphens or underscores are names of things.
  if (/^[a-z]+(?:[-_.:][a-z0-9]+)+$/.test(value) && entropyOf(value) < 4.2) return false;
  return !(file.kind === 'data' && /^sha\d+-/.test(value));
}

const harmlessPasswords =
  /^(?:pass(?:word|wd)?|pwd?|pw|secret|token|user(?:name)?|admin|root|guest|test(?:ing)?|postgres|mysql|redis|rabbitmq|mongo|letmein|\*+|x+|\.+|-+|p|:?password)$/i;
const localHost =
  /^(?:localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|::1|host\.docker\.internal|(?:db|database|postgres|postgresql|mysql|mariadb|redis|rabbitmq|mongo(?:db)?|proxy|host|server|hostname)$)|example\.|\.(?:test|local|invalid|example|internal)$/i;

function findUrlLogins(text) {
  const found = [];
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    const match = login.exec(text.slice(at + 3, at + 3 + loginLengthMax));
    if (match === null) continue;
    const before = scheme.exec(text.slice(Math.max(0, at - 21), at));
    const [all, user, password, host] = match;
    if (before === null || !isRealLogin({ user, password, host })) continue;
    const index = at - before[0].length;
    const length = before[0].length + 3 + all.length;
    found.push({
      id: 'url-login',
      index,
      length,
      name: `${before[0]} address of ${host}`,
      value: password,
      entropy: entropyOf(password),
    });
  }
  return found;
}

function isRealLogin({ user, password, host }) {
  if (
    harmlessPasswords.test(password) ||
    placeholder.test(password) ||
    placeholder.test(user) ||
    /^[$%]/.test(password)
  )
    return false;
  return user !== password && !localHost.test(host) && host.includes('.') && !/^\d+$/.test(password);
}

export function isPlaceholder(value) {
  return /EXAMPLE|example|sample|dummy|fake|placeholder|change.?me|your[_-]|<|\$\{|\{\{|\.\.\.|…|x{5,}|X{5,}|\*{3,}|0{8,}|1{8,}|a{8,}|(?:0123456789|1234567890|abcdefghij|ABCDEFGHIJ)/.test(
    value,
  );
}
