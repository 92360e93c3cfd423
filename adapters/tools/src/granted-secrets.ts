// Secrets that a grant names: for the environment of a command, or for headers of a request. The model never sees them, and
// cannot ask for others.
import { broken } from '@chorale/lib-errors';
import type { JsonSchema, ToolContext, ToolGrant } from '@chorale/module-agents';

/** `env` of a grant: names of variables and references to secrets. */
export const environmentSchema: JsonSchema = {
  type: 'object',
  propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
  additionalProperties: { type: 'string', pattern: '^secret:' },
  maxProperties: 50,
  description: 'Variables for the command, each a reference to a secret, as in secret:GITHUB_TOKEN.',
};

/** The values for one call; empty where the grant names none. */
export async function useGrantedSecrets(
  context: Pick<ToolContext, 'useSecrets'> & { readonly grant: ToolGrant },
  field: 'env' | 'headers',
): Promise<Readonly<Record<string, string>>> {
  const references = (context.grant.limits[field] ?? {}) as Readonly<Record<string, string>>;
  if (Object.keys(references).length === 0) return {};
  if (context.useSecrets === undefined)
    throw broken('secrets-not-available', 'A grant names secrets, and this process was started without them.');
  // A header may have a scheme in front, which is no secret: `Bearer secret:NAME`.
  const parts = Object.entries(references).map(([name, text]) => [name, ...splitScheme(text)] as const);
  const values = await context.useSecrets(Object.fromEntries(parts.map(([name, , reference]) => [name, reference])));
  return Object.fromEntries(parts.map(([name, scheme]) => [name, `${scheme}${values[name]!}`]));
}

function splitScheme(text: string): readonly [scheme: string, reference: string] {
  const at = text.indexOf('secret:');
  return [text.slice(0, at), text.slice(at)];
}
