import { describe, expect, test } from 'vitest';
import { detectPersonalData } from './detect-personal-data.ts';
import { classifyContent, findSensitive } from './find-sensitive.ts';
import { mergeFindings, type Finding } from './finding.ts';

/** What is found is put into double brackets, so that a case reads like the text it is about. */
function mark(text: string, findings: readonly Finding[] = findSensitive(text)): string {
  let marked = '';
  let from = 0;
  for (const { start, end } of findings) {
    marked += `${text.slice(from, start)}[[${text.slice(start, end)}]]`;
    from = end;
  }
  return marked + text.slice(from);
}

const unmark = (marked: string): string => marked.replaceAll('[[', '').replaceAll(']]', '');

const personalCases: readonly string[] = [
  // E-mail
  'write to [[jane.doe@example.com]].',
  'From: "Jane" <[[jane+news@sub.example.co.uk]]>, see below',
  'mailto:[[info@müller-söhne.de]]?subject=x',
  "[[o'brien@example.ie]] and [[x_y-z@a1.example.museum]]",
  '[[JANE@EXAMPLE.COM]];[[joe@example.org]]',
  '邮箱是[[wang@example.cn]]，谢谢',
  '{"email":"[[a.b@example.fr]]"}',
  '[[user@xn--bcher-kva.example.com]]',
  // Telephones
  'call [[+1 (415) 555-2671]] today',
  '[[+44 20 7946 0958]], [[+44 (0)7700 900123]]',
  'Tel. [[+49 (0)89 1234567]]',
  'ring me: [[(415) 555-2671]]',
  '[[415-555-2671]] or [[1-415-555-2671]]',
  'fax [[0049 30 12345678]]',
  '[[01 42 68 53 00]] (Paris)',
  'London [[020 7946 0958]]',
  'Telefon: [[030 1234567]]',
  'mein Handy ist [[0171 2345678]]',
  'WhatsApp [[+5511987654321]]',
  '电话 [[13912345678]]',
  'тел. [[+7 912 345-67-89]]',
  'mobile [[+91 98765 43210]]',
  'llámame al móvil [[612 345 678]]',
  // Accounts and cards
  'IBAN [[DE89 3704 0044 0532 0130 00]] please',
  '[[GB29NWBK60161331926819]]',
  'to [[fr14 2004 1010 0505 0001 3m02 606]].',
  '[[NL91-ABNA-0417-1643-00]]',
  '[[CH93 0076 2011 6238 5295 7]] and [[NO93 8601 1117 947]]',
  'card [[4111 1111 1111 1111]] 12/27 123',
  '[[5555555555554444]], [[378282246310005]]',
  'Amex [[3782 822463 10005]]',
  '[[6011-1111-1111-1117]]',
  'Kartennummer: [[3530111333300000]]',
  // National numbers
  'SSN [[123-45-6789]]',
  'social security number: [[123456789]]',
  'his [[078-05-1120]] was famous',
  'NINO [[AB 12 34 56 C]] or [[ab123456c]]',
  'NHS number [[943 476 5919]]',
  'Steuer-ID: [[86095742719]]',
  'Meine IdNr. lautet [[86 095 742 719]]',
  'NIR [[1 85 05 78 006 084 91]]',
  'n° [[185057800608491]]',
  'DNI [[12345678Z]], NIE [[X1234567L]]',
  'con DNI [[12.345.678-Z]]',
  'CF [[RSSMRA85T10A562S]]',
  'codice fiscale: [[rssmra85t10a562s]]',
  'BSN: [[111222333]]',
  'CPF [[529.982.247-25]]',
  'meu cpf é [[52998224725]]',
  'PESEL [[44051401359]]',
  'personnummer [[811218-9876]]',
  '[[19811218-9876]]',
  'Aadhaar [[2341 2341 2346]]',
  'HETU [[131052-308T]]',
  'AHV [[756.9217.0769.85]]',
  'rijksregisternummer [[85.07.30-033.28]]',
  'T.C. Kimlik No: [[10000000146]]',
  '身份证 [[11010519491231002X]]',
  'CURP [[HEGG560427MVZRRL04]]',
  '주민등록번호 [[800101-1234567]]',
  'ID number [[8001015009087]]',
];

const secretCases: readonly string[] = [
  'id [[AKIAIOSFODNN7EXAMPLE]]',
  'aws_secret_access_key = [[wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY]]',
  'AWS_SECRET_ACCESS_KEY=[[ESmpq15s10krcVZm1DhdSV9BI4oR+G0yv/cmpMCb]]',
  '"apiKey": "[[AIzaSyA1234567890abcdefghijklmnopqrstuv]]"',
  'AccountKey=[[Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYg==]];',
  'git clone https://[[ghp_0123456789abcdefghijABCDEFGHIJ012345]]@github.com/a/b',
  '[[glpat-ABCdef123456ghiJKL78]]',
  'SLACK=[[xoxb-123456789012-123456789012-abcdefghijklmnopqrstuvwx]]',
  '[[sk_live_4eC39HqLyjWDarjtT1zdp7dcABCD]]',
  'use [[sk-proj-abcDEF123456_ghiJKL-789mnoPQR]] for it',
  '[[sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789]]',
  '[[hf_abcdefghijklmnopqrstuvwxyzABCDEFGH]]',
  'bot [[123456789:AAabcdefghijklmnopqrstuvwxyz0123456]]',
  '[[eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U]]',
  'Authorization: Bearer [[abcDEF123456ghiJKL7890mno]]',
  'Authorization: Basic [[dXNlcm5hbWU6cGFzc3dvcmQxMjM=]]',
  'password: [[hunter2!]]',
  'my password is [[Tr0ub4dor&3]].',
  'Passwort: [[geheim#2024]]',
  'contraseña=[[Sol3dad!]]',
  'postgres://app:[[s3cr3t-pw]]@db.internal/app',
  'redis://:[[correcthorse]]@cache:6379',
  'export SIGNING_KEY=[[q8Zt7Lw2Xc5Vb9Nm1Kj4Hg6F]]',
  'client_secret = "[[3f785d1e2a9b4c6d8e0f1a2b3c4d5e6f]]"',
  '[[-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\nabc+/=\n-----END RSA PRIVATE KEY-----]]\nnext',
  'key: "[[-----BEGIN PRIVATE KEY-----\\nMIIEvQ\\n-----END PRIVATE KEY-----]]\\n"',
  'cut off: [[-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIB]]',
];

const harmlessCases: readonly string[] = [
  'order 4111111111111111 is late',
  'Order #123-45-6789 shipped',
  'invoice no. 123456789',
  '550e8400-e29b-41d4-a716-446655440000',
  'Idempotency-Key: 550e8400-e29b-41d4-a716-446655440000',
  'commit 3f785d1e2a9b4c6d8e0f1a2b3c4d5e6f7a8b9c0d',
  'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'v1.22.333 and version 10.0.19045.3693',
  'ISBN 978-3-16-148410-0, ISSN 2049-3630',
  'at 1700000000000 ms, or 1700000000 s',
  '2024-01-15T10:30:45.123Z',
  '2024-01-15 10:30:45,123 INFO done in 12345678 ns',
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk',
  'logo@2x.png and @types/node@24.19.2',
  'git@github.com:owner/repository.git',
  '@Override and @jane on the net',
  'pi is 3.14159265358979',
  '52.520008, 13.404954',
  '$1,234,567,890.12 or 1.234.567,89 €',
  '4111 1111 1111 1112 fails the check',
  'DE89 3704 0044 0532 0130 01 fails the check',
  'SSN 000-12-3456 cannot be, nor 666-12-3456',
  '12345678A has the wrong letter',
  'the password must be long; a token is short',
  'password: required',
  'api_key = "<your-api-key>", token: ${TOKEN}',
  'apiKey: process.env.OPENAI_API_KEY_FOR_TESTS_2',
  'const tokenCount = response.usage.total_tokens',
  'primary key: customers_order_id',
  'press any key to continue with the installation',
  'the key handleSomethingVeryLongInTheSettings',
  'public_key: q8Zt7Lw2Xc5Vb9Nm1Kj4Hg6F',
  'https://example.com/a:b@c is no password, http://user@host neither',
  '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
  'eyJ is how such tokens begin',
  '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16',
  'lines 100-2000, rows 123 456',
  'x = a[0]+b[1]*12345678',
  'tel aviv in 1234',
];

describe('personal data', () => {
  test.each(personalCases)('[PV1] found: %s', (marked) => {
    expect(mark(unmark(marked))).toBe(marked);
    expect(classifyContent(unmark(marked))).toBe('personal');
  });

  test('[PV1] addresses of the internet are found on demand, versions and masks are none', () => {
    const text = 'from 203.0.113.7 and 2001:db8::8a2e:370:7334, version 1.2.3.4, 127.0.0.1, 255.255.255.0, at 10:30:45';
    const found = detectPersonalData(text, { ipAddresses: true }).map(({ start, end }) => text.slice(start, end));
    expect(found).toEqual(['203.0.113.7', '2001:db8::8a2e:370:7334']);
    expect(detectPersonalData(text)).toEqual([]);
  });
});

describe('secrets', () => {
  test.each(secretCases)('[PV2] found: %s', (marked) => {
    expect(mark(unmark(marked))).toBe(marked);
    expect(classifyContent(unmark(marked))).toBe('secret');
  });

  test('[PV2] an announced value is taken to its end however long it is', () => {
    const value = 'q8Zt7Lw2Xc5Vb9Nm'.repeat(100);
    expect(mark(`token=${value} end`)).toBe(`token=[[${value}]] end`);
  });
});

describe('what looks alike', () => {
  test.each(harmlessCases)('[PV3] left alone: %s', (text) => {
    expect(mark(text)).toBe(text);
    expect(classifyContent(text)).toBe('public');
  });
});

describe('findings', () => {
  test('[PV5] overlapping ones become one, named by the secret in it', () => {
    const found = findSensitive('postgres://app:pa55w0rd@db.example.com/app, then a@example.com');
    expect(found.map(({ kind }) => kind)).toEqual(['password', 'email']);
    const [first, second] = mergeFindings([
      { kind: 'phone', dataClass: 'personal', what: 'b', start: 5, end: 9 },
      { kind: 'card', dataClass: 'personal', what: 'a', start: 0, end: 7 },
      { kind: 'email', dataClass: 'personal', what: 'c', start: 9, end: 12 },
    ]);
    expect(first).toMatchObject({ kind: 'card', start: 0, end: 9 });
    expect(second).toMatchObject({ kind: 'email', start: 9, end: 12 });
  });

  test('[PV5] a text with both is secret', () => {
    expect(classifyContent('jane@example.com, password: hunter2!')).toBe('secret');
  });

  test('[PV6] a detector that throws, or finds something outside of the text, is a refusal', () => {
    const failing = (): never => {
      throw new Error('boom');
    };
    const refusal = expect.objectContaining({ family: 'refused', code: 'privacy-check-failed' });
    expect(() => findSensitive('x', [failing])).toThrow(refusal);
    for (const [start, end] of [
      [0, 2],
      [-1, 1],
      [1, 1],
      [0.5, 1],
      [Number.NaN, 1],
    ] as const) {
      const outside = (): readonly Finding[] => [{ kind: 'email', dataClass: 'personal', what: 'x', start, end }];
      expect(() => findSensitive('x', [outside])).toThrow(refusal);
    }
  });
});

describe('hostile texts', () => {
  const hostile = [
    'a',
    'eyJ',
    '@a.',
    '1 ',
    '12345678901234567890',
    '+1',
    '-----BEGIN RSA PRIVATE KEY-----',
    'key=',
    '://a:b',
    'sk-',
  ]
    .concat([
      '0123456789abcdef',
      `password: ${'x1'.repeat(200)}`,
      ' ',
      '"',
      'M',
      'RSSMRA85T10A562',
      '\u0130@',
      'key = key is ',
      'GB29',
    ])
    .concat([
      'a@b.co ',
      'eyJhbGciOi.',
      '(030) 1',
      '2001:',
      '1.1.1.1',
      'AccountKey=',
      '-----BEGIN ',
      'secret token key ',
    ]);

  /** The shortest of some runs: what others do on the machine only ever adds. */
  function leastMs(text: string): number {
    const times = Array.from({ length: 3 }, () => {
      const began = performance.now();
      findSensitive(text);
      detectPersonalData(text, { ipAddresses: true });
      return performance.now() - began;
    });
    return Math.min(...times);
  }

  test(
    '[PV4] whatever the text is made of, eight times as much of it costs about eight times as much',
    { timeout: 120_000 },
    () => {
      const growthOf = (piece: string): number => {
        const make = (length: number): string => piece.repeat(Math.ceil(length / piece.length));
        // 1 ms on both sides drown what is too small to be measured; squared work would be 64 times as long.
        return (leastMs(make(48_000)) + 1) / (leastMs(make(6_000)) + 1);
      };
      // A busy machine makes one measurement look bad, and hardly four of the same text.
      const isBad = (piece: string): boolean => [1, 2, 3, 4].every(() => growthOf(piece) > 32);
      expect(hostile.filter(isBad)).toEqual([]);
    },
  );

  test('[PV4] a megabyte of hostile text is looked through', () => {
    for (const piece of ['key=', '12345678901234567890', '@a.', 'eyJ']) {
      expect(findSensitive(piece.repeat(1_000_000 / piece.length))).toEqual([]);
    }
  });

  test('[PV4] a text of nothing but addresses is answered with all of them', () => {
    expect(findSensitive('a@b.co '.repeat(150_000))).toHaveLength(150_000);
  });
});
