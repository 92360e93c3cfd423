// What the browser does about passkeys, in the JSON that the server speaks.
import type { ChoraleClient } from '@chorale/lib-client';

/** Browsers of before 2025 lack the JSON; for them a password does. */
export function hasPasskeys(): boolean {
  return 'PublicKeyCredential' in globalThis && 'parseCreationOptionsFromJSON' in PublicKeyCredential;
}

export async function addPasskey(client: ChoraleClient, label: string): Promise<void> {
  const { options, token } = await client.beginPasskey();
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  const made = await navigator.credentials.create({ publicKey });
  await client.addPasskey({ token, answer: answerOf(made), label });
}

export async function logInWithPasskey(client: ChoraleClient): ReturnType<ChoraleClient['logInWithPasskey']> {
  const { options, token } = await client.beginPasskeyLogin();
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
  );
  return client.logInWithPasskey({ token, answer: answerOf(await navigator.credentials.get({ publicKey })) });
}

function answerOf(credential: Credential | null): unknown {
  if (!(credential instanceof PublicKeyCredential)) throw new Error('The browser gave no passkey.');
  return credential.toJSON();
}

/** Browsers tell a person who changed their mind from nothing else. */
export function wasCancelled(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError');
}
