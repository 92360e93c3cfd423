// What no source of the product does. Each rule finds a planted line, so that it is known to look.

import { describe, expect, test } from 'vitest';
import { readTree, type TreeFile } from './tree.ts';

interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  /** A line that it must find. */
  readonly planted: string;
  /** Files that may, with the reason. */
  readonly except?: Readonly<Record<string, string>>;
}

const rules: readonly Rule[] = [
  {
    name: 'runs no text as code',
    pattern: /(?<![.\w])eval\(|new Function\(|from 'node:vm'|setTimeout\(\s*['"`]/,
    planted: 'const x = eval(text);',
  },
  {
    name: 'makes no markup of text',
    pattern: /dangerouslySetInnerHTML|\.innerHTML\s*=|\.outerHTML\s*=|insertAdjacentHTML|document\.write\(/,
    planted: 'element.innerHTML = text;',
  },
  {
    name: 'starts programs with lists of arguments, never with a line for a shell',
    pattern: /\bexecSync\(|(?<![.\w])exec\(\s*[`'"]|spawn\(.*shell:\s*true/,
    planted: 'execSync(`ls ${folder}`);',
  },
  {
    name: 'uses no hash that is broken',
    pattern: /createH(?:ash|mac)\(\s*'(?:md4|md5|sha1|ripemd160)'/i,
    planted: "createHash('md5')",
  },
  {
    name: 'uses no cipher but authenticated ones',
    pattern:
      /createCipher(?:iv)?\(\s*'(?!aes-256-gcm|chacha20-poly1305)|'(?:aes|des)[\w-]*-(?:ecb|cbc|ctr)'|'rc4'|RSA_PKCS1_PADDING/i,
    planted: "createCipheriv('aes-256-cbc', key, iv)",
  },
  {
    name: 'checks certificates',
    pattern: /rejectUnauthorized:\s*false|NODE_TLS_REJECT_UNAUTHORIZED/,
    planted: 'connect({ rejectUnauthorized: false })',
    except: {
      'apps/server/src/access/read-tls.ts':
        'a server asks clients for certificates and needs none; client-certificate.ts looks whether one counts',
    },
  },
  {
    name: 'reads no XML',
    pattern: /from '(?:[^']*(?:xml2js|fast-xml|libxml|sax|xmldom)[^']*)'|DOMParser/,
    planted: "import x from 'xml2js';",
  },
  {
    name: 'listens to no messages of other windows and opens no web socket',
    pattern: /addEventListener\(\s*'message'|new WebSocket\(|window\.open\(/,
    planted: "window.addEventListener('message', f)",
  },
  {
    name: 'makes no pattern of what somebody typed',
    pattern: /new RegExp\((?:input|query|text|value|request|body|params)\b/,
    planted: 'new RegExp(input)',
  },
  {
    name: 'deserialises nothing but JSON and YAML of plain values',
    pattern: /node-serialize|serialize-javascript|v8\.deserialize|yaml\.unsafe|!!js/,
    planted: 'v8.deserialize(bytes)',
  },
  {
    name: 'merges no object of strangers into another by its keys',
    pattern: /lodash|deepmerge|Object\.assign\([^,]+,\s*(?:body|request\.body|query)\)/,
    planted: 'Object.assign(target, body)',
  },
  {
    name: 'keeps from nobody that a password is pasted or kept by a program',
    pattern: /onPaste=|autoComplete="off".{0,80}password|password.{0,80}autoComplete="off"/i,
    planted: '<input onPaste={stop} />',
  },
  {
    name: 'has no mode for finding faults that is on by itself',
    pattern: /debugger;|--inspect(?!ed)/,
    planted: 'debugger;',
  },
];

const product = (files: readonly TreeFile[]): readonly TreeFile[] =>
  files.filter(
    ({ path }) =>
      /^(?:apps|adapters|modules|libs|catalog)\/.*\.(?:ts|tsx|mjs)$/.test(path) &&
      !/\.(?:test|fixture|contract)\.|-(?:fixture|stage)\.|\/references\//.test(path),
  );

function violations({ pattern, except = {} }: Rule, files: readonly TreeFile[]): readonly string[] {
  return files.flatMap(({ path, text }) => {
    if (except[path] !== undefined) return [];
    return text
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) && !/^\s*(?:\/\/|\*)/.test(line)
          ? [`${path}:${index + 1}: ${line.trim().slice(0, 100)}`]
          : [],
      );
  });
}

describe('the sources of the product', () => {
  const files = product(readTree());

  test('are looked at', () => expect(files.length).toBeGreaterThan(500));

  test.each(rules.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
    expect(violations(rule, [{ path: 'planted.ts', text: rule.planted }])).toHaveLength(1);
    expect(violations(rule, files)).toEqual([]);
  });

  test('inputs for passwords hide what is typed and may be filled by programs that keep them', () => {
    const pages = files.filter(({ path }) => path.startsWith('apps/web/'));
    const inputs = pages.flatMap(({ text }) =>
      [...text.matchAll(/type="password"[\s\S]{0,60}/g)].map(([input]) => input),
    );
    expect(inputs.length).toBeGreaterThan(2);
    for (const input of inputs) expect(input).toMatch(/autoComplete="(?:current|new)-password"/);
    // A field for a password that shows it would be named so, and have another type.
    expect(
      pages.filter(({ text }) => /autoComplete="(?:current|new)-password"/.test(text) && !/type="password"/.test(text)),
    ).toEqual([]);
  });

  test('what a browser keeps are choices of how to show things, and nothing else', () => {
    const keeps = files
      .filter(
        ({ path, text }) =>
          path.startsWith('apps/web/') && /localStorage|sessionStorage|indexedDB|document\.cookie/.test(text),
      )
      .map(({ path }) => path);
    expect(keeps).toEqual(['apps/web/src/app/stored-choice.ts']);
    const users = files
      .filter(({ text }) => /new StoredChoice/.test(text))
      .flatMap(({ text }) => [...text.matchAll(/new StoredChoice[^(]*\(\s*'([^']+)'/g)].map(([, key]) => key));
    expect(users.filter((key) => /token|session|secret|password|key$/i.test(key ?? ''))).toEqual([]);
  });
});
