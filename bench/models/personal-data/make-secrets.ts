// Secrets as vendors and programs write them. None of them was ever valid.

import type { SeededRandom } from '../seeded-random.ts';
import { between, capitals, mixed, numeric, pick, signs, small, type Made } from './make-values.ts';

const hex = '0123456789abcdef';
const urlSafe = `${mixed}-_`;
const base64 = `${mixed}+/`;

const makers: Readonly<Record<string, (random: SeededRandom) => Omit<Made, 'kind'>>> = {
  aws: (random) => ({ value: `${pick(random, ['AKIA', 'ASIA'])}${signs(random, `${capitals}234567`, 16)}` }),
  'aws-secret': (random) => ({
    value: signs(random, base64, 40),
    named: ['aws_secret_access_key = ', 'AWS_SECRET_ACCESS_KEY=', '"secretAccessKey": "'],
  }),
  google: (random) => ({ value: `AIza${signs(random, urlSafe, 35)}` }),
  azure: (random) => ({
    value: `${signs(random, base64, 86)}==`,
    named: ['DefaultEndpointsProtocol=https;AccountName=x;AccountKey='],
  }),
  github: (random) => ({ value: `${pick(random, ['ghp', 'gho', 'ghs'])}_${signs(random, mixed, 36)}` }),
  'github-fine': (random) => ({ value: `github_pat_${signs(random, mixed, 22)}_${signs(random, mixed, 59)}` }),
  gitlab: (random) => ({ value: `glpat-${signs(random, urlSafe, 20)}` }),
  slack: (random) => ({
    value: `xoxb-${signs(random, numeric, 12)}-${signs(random, numeric, 12)}-${signs(random, mixed, 24)}`,
  }),
  stripe: (random) => ({
    value: `${pick(random, ['sk', 'rk'])}_${pick(random, ['live', 'test'])}_${signs(random, mixed, between(random, 24, 99))}`,
  }),
  openai: (random) => ({
    value: pick(random, [
      `sk-${signs(random, mixed, 48)}`,
      `sk-proj-${signs(random, urlSafe, 74)}${signs(random, mixed, 1)}`,
    ]),
  }),
  anthropic: (random) => ({ value: `sk-ant-api03-${signs(random, urlSafe, 93)}AA` }),
  'hugging-face': (random) => ({ value: `hf_${signs(random, mixed, 34)}` }),
  npm: (random) => ({ value: `npm_${signs(random, mixed, 36)}` }),
  sendgrid: (random) => ({ value: `SG.${signs(random, urlSafe, 22)}.${signs(random, urlSafe, 43)}` }),
  telegram: (random) => ({
    value: `${signs(random, '123456789', 1)}${signs(random, numeric, 8)}:AA${signs(random, urlSafe, 33)}`,
  }),
  jwt: (random) => {
    const header = Buffer.from(`{"alg":"HS256","kid":"${signs(random, mixed, 6)}"}`).toString('base64url');
    const body = Buffer.from(`{"sub":"${signs(random, numeric, 10)}","name":"${signs(random, small, 8)}"}`).toString(
      'base64url',
    );
    return { value: `${header}.${body}.${signs(random, urlSafe, 43)}` };
  },
  pem: (random) => {
    const title = pick(random, [
      'RSA PRIVATE KEY',
      'PRIVATE KEY',
      'EC PRIVATE KEY',
      'OPENSSH PRIVATE KEY',
      'ENCRYPTED PRIVATE KEY',
    ]);
    const lineEnd = pick(random, ['\n', '\r\n', '\\n']);
    const lines = Array.from({ length: between(random, 3, 12) }, () => signs(random, base64, 64));
    return {
      value: [`-----BEGIN ${title}-----`, ...lines, `${signs(random, base64, 30)}==`, `-----END ${title}-----`].join(
        lineEnd,
      ),
    };
  },
  'connection-password': (random) => ({
    value: signs(random, `${mixed}!$*.`, between(random, 8, 20)).replace(/^./, 'p'),
    named: ['postgres://app:', 'mongodb+srv://admin:', 'redis://default:', 'https://deploy:', 'amqp://svc:'],
  }),
  bearer: (random) => ({
    value: signs(random, mixed, between(random, 28, 60)),
    named: ['Authorization: Bearer ', "-H 'Authorization: Bearer "],
  }),
  'named-hex': (random) => ({
    value: signs(random, hex, pick(random, [32, 40, 64])),
    named: ['api_key=', 'secret: ', 'token = "', 'API-Key: '],
  }),
  'named-mixed': (random) => ({
    value: signs(random, mixed, between(random, 28, 44)),
    named: ['client_secret=', '"apiKey": "', 'auth_token: ', 'SECRET_KEY = "', 'export SIGNING_KEY='],
  }),
  password: (random) => ({
    value: `${pick(random, ['Sommer', 'tr0ub4dor', 'Correct', 'geheim', 'Contra'])}${signs(random, numeric, 3)}${pick(random, ['!', '#', '$x', '?a', '&b'])}${signs(random, mixed, 2)}`,
    named: ['password: ', 'Passwort: ', 'pwd=', 'contraseña: ', 'mot de passe : ', 'my password is ', '"password": "'],
  }),
};

const secretKindNames = Object.keys(makers);

export function makeSecret(random: SeededRandom): Made {
  const kind = pick(random, secretKindNames);
  const made = makers[kind]?.(random);
  if (made === undefined) throw new Error(`no maker of ${kind}`);
  return { kind, ...made };
}
