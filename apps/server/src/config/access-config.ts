// Who may come in, and for how long.
import { z } from 'zod';
import { secretReferencePattern } from './models-config.ts';

const role = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,63}(?:@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)?$/,
    'must be the name of a role, as in developer, or developer@payroll where it is for one project',
  );

const proxyAddress = z.string().regex(/^(?:loopback|linklocal|uniquelocal|[0-9a-fA-F:.]+(?:\/\d{1,3})?)$/, {
  message: 'must be an address or a network, as in 10.0.0.0/8, or loopback',
});

export const tlsConfigSchema = z.strictObject({
  cert: z
    .string()
    .default('')
    .describe('File of the certificate chain (PEM): the API and the page are served over TLS'),
  key: z.string().default('').describe('File of its private key (PEM)'),
  clientCa: z
    .string()
    .default('')
    .describe(
      'File of authorities (PEM) whose certificates workers and sites may show: their tokens are bound to them',
    ),
});

export const servicesConfigSchema = z.strictObject({
  ca: z
    .string()
    .default('')
    .describe('File of the authorities (PEM) that database, broker and cache are by; empty: those the system trusts'),
  cert: z.string().default('').describe('File of the certificate (PEM) that this process shows to services'),
  key: z.string().default('').describe('File of its private key (PEM)'),
  plain: z
    .boolean()
    .default(false)
    .describe('Speak to services on other machines without TLS: who is between reads passwords and data'),
});

export const trustProxySchema = z
  .array(proxyAddress)
  .default([])
  .describe('Proxies in front that end TLS and say who asks (X-Forwarded-For): their addresses or networks');

const provider = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be a short name, as in company')
    .describe('Part of its addresses'),
  label: z.string().min(1).default('Log in with the company account').describe('On the button'),
  issuer: z.url().describe('As it calls itself in its own description'),
  clientId: z.string().min(1),
  clientSecret: z.string().regex(secretReferencePattern, 'must be env:NAME or file:PATH').optional(),
  scopes: z.string().default('openid profile email'),
  groupsClaim: z.string().default('groups'),
  acrValues: z.array(z.string()).default([]).describe('How strongly people must log in there: one of these (acr)'),
  tenant: z.string().default('default'),
  provision: z.boolean().default(true).describe('Whether whoever is not known yet gets an account'),
  roles: z.array(role).default([]).describe('What such an account may do, besides what its groups give'),
});

export type ProviderConfig = z.infer<typeof provider>;

export const accessConfigSchema = z.strictObject({
  passwords: z
    .boolean()
    .default(true)
    .describe('Whether a password opens the page; without, passkeys and login providers do, which take two factors'),
  policies: z
    .string()
    .default('')
    .describe('File with roles and policies of your own (YAML); read again when it changes'),
  fourEyes: z
    .enum(['marked', 'all'])
    .default('marked')
    .describe('Which approvals somebody else than who asked must answer: those that say `four_eyes`, or all'),
  publicUrl: z
    .union([z.literal(''), z.url()])
    .default('')
    .describe('Where browsers find the page, as in https://chorale.example.com; empty: where they ask'),
  providers: z.array(provider).default([]).describe('Login providers (OpenID Connect)'),
  ownerPassword: z
    .string()
    .refine((value) => value === '' || secretReferencePattern.test(value), { message: 'must be env:NAME or file:PATH' })
    .default('')
    .describe(
      'Where the first password of the owner is, for a server that nobody starts at a terminal: env:NAME, file:PATH',
    ),
  sessionIdleHours: z
    .number()
    .positive()
    .default(72)
    .describe('A session of the page ends when it was not used so long'),
  sessionDays: z.number().positive().default(30).describe('A session of the page ends so long after the login'),
  groupRoles: z
    .record(z.string(), z.array(role))
    .default({})
    .describe('Roles that groups of a directory or a login provider give, by the name of the group'),
});
