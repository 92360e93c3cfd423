// Secrets: values that programs need and nobody should see. Everywhere but in the tool that uses it stands a reference.
//
// A value is sealed with its tenant's data key; a data key is wrapped by the key-encryption key, which is never in the
// store. So the rows alone give nothing away, and changing the key-encryption key touches one row for each data key.
import { refused } from '@chorale/lib-errors';
import { defaultProject, type ProjectId, type TenantId } from '@chorale/lib-ids';

/** One version of a secret, as it is kept. Versions begin with 1; the largest is the one in use. */
export interface SealedSecret {
  readonly tenantId: TenantId;
  readonly name: string;
  readonly version: number;
  /** Which of the tenant's data keys sealed it. */
  readonly dataKey: number;
  /** Base 64: nonce, ciphertext, tag. */
  readonly sealed: string;
  readonly createdAt: number;
  readonly createdBy: string;
}

/** What may be told of it. */
export type SecretSummary = Omit<SealedSecret, 'sealed'>;

/** A tenant's key for its secrets, as it is kept. Numbers begin with 1; the largest seals what is new. */
export interface WrappedDataKey {
  readonly tenantId: TenantId;
  readonly no: number;
  /** Names the key that wrapped it. */
  readonly wrappedBy: string;
  /** Base 64. */
  readonly wrapped: string;
  readonly createdAt: number;
}

/** Of the default project as it is; of others with the project before it, which no name of a secret can be mistaken for. */
const nameForm = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\/)?[A-Za-z][A-Za-z0-9_.-]{0,127}$/;
const referenceForm = /^secret:([A-Za-z][A-Za-z0-9_.-]{0,127})$/;
/** A private key in PEM has 3 KB; a file of accounts of a cloud less than 16. */
export const secretLengthMax = 65_536;

/** @throws refused `secret-name-invalid`. */
export function checkSecretName(name: string): void {
  if (nameForm.test(name)) return;
  throw refused('secret-name-invalid', `${JSON.stringify(name.slice(0, 40))} is no name of a secret.`, {
    action: 'Begin with a letter; then letters, digits, _, - and . up to 128 characters, as in GITHUB_TOKEN.',
  });
}

/** @throws refused `secret-value-invalid`. */
export function checkSecretValue(value: string): void {
  if (/\p{Cs}/u.test(value))
    throw refused('secret-value-invalid', 'A secret is text, and this one has half a character in it.', {
      action: 'Encode bytes that are no text, in base 64 for example.',
    });
  if (value.length > 0 && value.length <= secretLengthMax) return;
  throw refused(
    'secret-value-invalid',
    `A secret has 1 to ${secretLengthMax} characters; this one has ${value.length}.`,
    {
      action: 'Give the value itself; keep files that are longer elsewhere, and a key to them here.',
    },
  );
}

/** What a secret of a project is kept as: what it is sealed for, so that none can be put in the place of another's. */
export function nameInProject(projectId: ProjectId, name: string): string {
  return projectId === defaultProject ? name : `${projectId}/${name}`;
}

export function splitSecretName(kept: string): { readonly projectId: ProjectId; readonly name: string } {
  const at = kept.indexOf('/');
  if (at < 0) return { projectId: defaultProject, name: kept };
  return { projectId: kept.slice(0, at) as ProjectId, name: kept.slice(at + 1) };
}

export function referenceTo(name: string): string {
  return `secret:${name}`;
}

/** The name in `secret:NAME`; undefined where the text is no reference as a whole. */
export function parseReference(text: string): string | undefined {
  return referenceForm.exec(text)?.[1];
}

export function secretNotFound(name: string): Error {
  return refused('secret-not-found', `There is no secret ${name}.`, {
    action: 'Check the name; secrets of this tenant are listed without their values.',
  });
}
