// Who may come in, and for how long.
import { z } from 'zod';
import { secretReferencePattern } from './models-config.ts';

const role = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be the name of a role, as in developer');

const proxyAddress = z.string().regex(/^(?:loopback|linklocal|uniquelocal|[0-9a-fA-F:.]+(?:\/\d{1,3})?)$/, {
  message: 'must be an address or a network, as in 10.0.0.0/8, or loopback',
});

export const tlsConfigSchema = z.strictObject({
  cert: z
    .string()
    .default('')
    .describe('File of the certificate chain (PEM): the API and the page are served over TLS'),
  key: z.string().default('').describe('File of its private key (PEM)'),
});

export const trustProxySchema = z
  .array(proxyAddress)
  .default([])
  .describe('Proxies in front that end TLS and say who asks (X-Forwarded-For): their addresses or networks');

export const accessConfigSchema = z.strictObject({
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
