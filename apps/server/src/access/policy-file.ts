// Roles and policies of one's own, beside those that ship: one file, read again when it changes.
//
//   roles:
//     releaser: [goal.read, goal.cancel]
//   policies:
//     no-robots: forbid (principal, action == Action::"approval.answer", resource) when { principal.subject like "bot-*" };
//
// Owns:       which version of the file is in use.
// Invariants: PF1 what cannot be read is never in use: at the start it ends the start, later those before stay.
//             PF2 nothing that ships is replaced: a tenant stays apart from the others whatever the file says.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { compilePolicies } from '@chorale/adapter-cedar';
import { refused } from '@chorale/lib-errors';
import {
  operations,
  rolePolicies,
  roles,
  type CompiledPolicies,
  type Permissions,
  type Policies,
} from '@chorale/module-access';
import { parse } from 'yaml';
import { z } from 'zod';
import { Beat, type BeatPorts } from '../process/beat.ts';

const name = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be small letters, digits and hyphens');
const fileSchema = z.strictObject({
  roles: z.record(name, z.array(z.enum(operations)).min(1)).default({}),
  policies: z.record(name, z.string().min(1)).default({}),
});
const watchMs = 2_000;

/** `path` empty: those that ship. @throws refused `policies-invalid`. */
export async function readPolicies(path: string): Promise<CompiledPolicies> {
  if (path === '') return compilePolicies('shipped', rolePolicies);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw invalid(path, cause instanceof Error ? cause.message : String(cause));
  }
  return compilePolicies(createHash('sha256').update(text).digest('hex').slice(0, 12), join(path, text));
}

function join(path: string, text: string): Policies {
  let given: unknown;
  try {
    given = parse(text) ?? {};
  } catch (cause) {
    throw invalid(path, cause instanceof Error ? cause.message : String(cause));
  }
  const read = fileSchema.safeParse(given);
  if (!read.success) throw invalid(path, z.prettifyError(read.error));
  const taken = Object.keys(read.data.roles).find((role) => roles.some((shipped) => shipped === role));
  if (taken !== undefined) throw invalid(path, `the role ${taken} ships, and means the same everywhere`);
  const ofRoles = Object.entries(read.data.roles).map(([role, allowed]) => {
    const actions = allowed.map((operation) => `Action::"${operation}"`).join(', ');
    return [`role-${role}`, `permit (principal in Role::"${role}", action in [${actions}], resource);`];
  });
  // Names of their own, so that none can stand in the place of one that ships.
  const own = Object.entries(read.data.policies).map(([policy, source]) => [`own-${policy}`, source]);
  return { ...Object.fromEntries([...ofRoles, ...own]), ...rolePolicies };
}

function invalid(path: string, why: string): Error {
  return refused('policies-invalid', `The policy file ${path} cannot be used: ${why}`, {
    action: 'Mend the file; until then the policies before it stay in use.',
  });
}

export function watchPolicies(path: string, permissions: Permissions, ports: BeatPorts): Beat {
  return new Beat(ports, {
    name: 'policy watch',
    everyMs: watchMs,
    waitsFirst: true,
    complaint: 'the policy file could not be read; the policies before it stay in use',
    async round() {
      const found = await readPolicies(path);
      if (found.version === permissions.policyVersion) return;
      permissions.use(found);
      ports.log.info('new policies are in use', { file: path, version: found.version });
    },
  });
}
