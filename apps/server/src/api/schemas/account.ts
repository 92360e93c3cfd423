import {
  loginMethods,
  type Account,
  type AccountKey,
  type AccountPasskey,
  type AccountSession,
  type LoginChoices,
  type Member,
  type NewAccountKey,
  type NewMember,
} from '@chorale/lib-client';
import { operations, type Operation } from '@chorale/module-access';
import { z } from 'zod';
import { list, projectId, time } from './fields.ts';

const texts = list(z.string());
const roleName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,63}(?:@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)?$/,
    'must be the name of a role, as in developer, or developer@payroll where it is for one project',
  );
const rolesGiven = z.array(roleName).max(50);
const loginName = z.string().min(1).max(256);
const shownName = z.string().min(1).max(256);
/** Longer than any that is allowed: why it is refused is said by who judges it. */
const password = z.string().min(1).max(1_024);
const token = z.string().min(1).max(256);

export const userId = z.string().min(1).max(64).describe('Id of a user.');

export const accountSchema = z
  .strictObject({
    tenantId: z.string(),
    userId: z.string(),
    kind: z.enum(['person', 'service', 'key', 'system']),
    login: z.string().exactOptional(),
    displayName: z.string().exactOptional(),
    roles: texts,
    sessionId: z.string().exactOptional(),
    keyId: z.string().exactOptional(),
    scopes: texts.exactOptional(),
    projectId: z.string().exactOptional().describe('The one project that the key is for.'),
    operations: texts.describe('What the roles and the key permit, both, at least in one project.'),
  })
  .meta({ id: 'Account' }) satisfies z.ZodType<Account>;

export const loginChoicesSchema = z
  .strictObject({
    passwords: z.boolean().describe('Whether a password opens the page.'),
    passkeys: z.boolean(),
    providers: list(z.strictObject({ name: z.string(), label: z.string() })),
  })
  .meta({ id: 'LoginChoices' }) satisfies z.ZodType<LoginChoices>;

export const passwordLoginSchema = z
  .strictObject({ login: loginName, password, tenant: z.string().min(1).max(64).exactOptional() })
  .meta({ id: 'PasswordLogin' });

export const keyLoginSchema = z
  .strictObject({
    login: loginName,
    password,
    tenant: z.string().min(1).max(64).exactOptional(),
    label: shownName,
    days: z.int().min(1).max(366).default(90),
  })
  .meta({ id: 'KeyLogin' });

export const ticketSchema = z.strictObject({ ticket: token }).meta({ id: 'Ticket' });

export const invitationLoginSchema = z.strictObject({ invitation: token, password }).meta({ id: 'InvitationLogin' });

export const passwordChangeSchema = z.strictObject({ password, current: password }).meta({ id: 'PasswordChange' });

export const doneSchema = z.strictObject({ done: z.literal(true) }).meta({ id: 'Done' });

export const accountSessionSchema = z
  .strictObject({
    sessionId: z.string(),
    method: z.enum(loginMethods),
    createdAt: time,
    lastSeenAt: time,
    expiresAt: time,
    address: z.string(),
    agent: z.string(),
    current: z.boolean().describe('The one that asks.'),
  })
  .meta({ id: 'AccountSession' }) satisfies z.ZodType<AccountSession>;

const scopesGiven = z.array(z.enum(operations as readonly [Operation, ...Operation[]])).min(1);

const keyFields = {
  keyId: z.string(),
  label: z.string(),
  scopes: texts,
  projectId: z.string().exactOptional().describe('The one project that it is for.'),
  createdAt: time,
  expiresAt: time,
  lastUsedAt: time.exactOptional(),
  replacedBy: z.string().exactOptional(),
};

export const accountKeySchema = z.strictObject(keyFields).meta({ id: 'AccountKey' }) satisfies z.ZodType<AccountKey>;

export const newAccountKeySchema = z
  .strictObject({ ...keyFields, key: z.string().describe('Shown this once.') })
  .meta({ id: 'NewAccountKey' }) satisfies z.ZodType<NewAccountKey>;

export const keyRequestSchema = z
  .strictObject({
    label: shownName,
    scopes: scopesGiven.exactOptional().describe('Operations. Default: everything that the roles of the user permit.'),
    projectId: projectId.exactOptional().describe('For the things of this project alone.'),
    days: z.int().min(1).max(366).default(90),
  })
  .meta({ id: 'KeyRequest' });

export const keyRotationSchema = z
  .strictObject({
    overlapHours: z.number().min(0).max(720).default(24).describe('For how long the old key still counts.'),
  })
  .meta({ id: 'KeyRotation' });

const memberFields = {
  userId: z.string(),
  kind: z.enum(['person', 'service']),
  login: z.string(),
  displayName: z.string(),
  email: z.string().exactOptional(),
  active: z.boolean(),
  roles: texts,
  groups: texts,
  source: z.enum(['local', 'oidc', 'scim']),
  createdAt: time,
};

export const memberSchema = z.strictObject(memberFields).meta({ id: 'Member' }) satisfies z.ZodType<Member>;

export const invitationSchema = z
  .strictObject({ invitation: z.string().describe('Whoever has it chooses the password, once.') })
  .meta({ id: 'Invitation' });

export const newMemberSchema = z
  .strictObject({ ...memberFields, invitation: z.string().exactOptional() })
  .meta({ id: 'NewMember' }) satisfies z.ZodType<NewMember>;

export const ownerPasswordSchema = z
  .strictObject({ login: z.string(), password: z.string() })
  .meta({ id: 'OwnerPassword' });

export const passkeySchema = z
  .strictObject({
    passkeyId: z.string(),
    label: z.string(),
    createdAt: time,
    lastUsedAt: time.exactOptional(),
  })
  .meta({ id: 'Passkey' }) satisfies z.ZodType<AccountPasskey>;

export const passkeyBegunSchema = z
  .strictObject({
    options: z.record(z.string(), z.unknown()).describe('As WebAuthn writes them in JSON.'),
    token: z.string().describe('Goes with the answer.'),
  })
  .meta({ id: 'PasskeyBegun' });

const passkeyAnswer = { token, answer: z.record(z.string(), z.unknown()).describe('As WebAuthn writes it in JSON.') };

export const passkeyRequestSchema = z
  .strictObject({ ...passkeyAnswer, label: shownName })
  .meta({ id: 'PasskeyRequest' });

export const passkeyLoginSchema = z.strictObject(passkeyAnswer).meta({ id: 'PasskeyLogin' });

export const tokenRequestSchema = z
  .strictObject({
    audience: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/, 'must be a name, as in chorale-api')
      .default('chorale-api')
      .describe('Who is to take it.'),
    scopes: scopesGiven.exactOptional().describe('Operations. Default: everything that whoever asks may do.'),
    minutes: z.number().positive().max(15).default(10),
  })
  .meta({ id: 'TokenRequest' });

export const tokenSchema = z.strictObject({ token: z.string(), expiresAt: time }).meta({ id: 'Token' });

export const keySetSchema = z.strictObject({ keys: list(z.record(z.string(), z.unknown())) }).meta({ id: 'KeySet' });

export const memberRequestSchema = z
  .strictObject({
    login: loginName,
    displayName: shownName.exactOptional(),
    kind: z.enum(['person', 'service']).default('person'),
    roles: rolesGiven,
  })
  .meta({ id: 'MemberRequest' });

export const memberChangeSchema = z
  .strictObject({
    displayName: shownName.exactOptional(),
    roles: rolesGiven.exactOptional(),
    active: z.boolean().exactOptional(),
  })
  .meta({ id: 'MemberChange' });
