// Challenges and answers of WebAuthn.
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { PasskeyVerifier } from '@chorale/module-access';

const shownName = 'Chorale';

/** Loaded when somebody has a passkey: it brings parsers of certificates along. */
const load = () => import('@simplewebauthn/server');

export const passkeyVerifier: PasskeyVerifier = {
  async askToRegister({ domain }, { tenantId, id, name, body }, known) {
    const { generateRegistrationOptions } = await load();
    const options = await generateRegistrationOptions({
      rpName: shownName,
      rpID: domain,
      userID: new TextEncoder().encode(`${tenantId}/${id}`),
      userName: name,
      userDisplayName: body.displayName,
      excludeCredentials: known.map((each) => ({ id: each })),
      // Found without a name, and only after the device has recognised its owner: that is two factors.
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    return { options, challenge: options.challenge };
  },
  async askToLogIn({ domain }) {
    const { generateAuthenticationOptions } = await load();
    const options = await generateAuthenticationOptions({ rpID: domain, userVerification: 'required' });
    return { options, challenge: options.challenge };
  },
  async verifyNew({ domain, origin }, challenge, answer) {
    const { verifyRegistrationResponse } = await load();
    const verified = await orNothing(() =>
      verifyRegistrationResponse({
        response: answer as RegistrationResponseJSON,
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: domain,
        requireUserVerification: true,
      }),
    );
    if (verified?.verified !== true) return undefined;
    const { id, publicKey, counter, transports = [] } = verified.registrationInfo.credential;
    return { id, publicKey: Buffer.from(publicKey).toString('base64url'), counter, transports };
  },
  idOf(answer) {
    const { id } = (answer ?? {}) as { readonly id?: unknown };
    return typeof id === 'string' && id.length <= 1_400 ? id : undefined;
  },
  async verifyLogin({ domain, origin }, { challenge, answer, id, passkey }) {
    const { publicKey, counter, transports } = passkey;
    const { verifyAuthenticationResponse } = await load();
    const verified = await orNothing(() =>
      verifyAuthenticationResponse({
        response: answer as AuthenticationResponseJSON,
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: domain,
        requireUserVerification: true,
        credential: { id, publicKey: Buffer.from(publicKey, 'base64url'), counter, transports: [...transports] },
      }),
    );
    return verified?.verified === true ? verified.authenticationInfo.newCounter : undefined;
  },
};

/** The library throws at whatever does not hold. */
async function orNothing<T>(verify: () => Promise<T>): Promise<T | undefined> {
  try {
    return await verify();
  } catch {
    return undefined;
  }
}
