// The port to a provider of logins (OpenID Connect): it says who somebody is, and later that they have gone.

/** What has to be kept between the beginning and the end of a login, and may not be guessed. */
export interface BegunLogin {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface ProvenLogin {
  readonly issuer: string;
  readonly subject: string;
  /** Of the session at the provider. */
  readonly sessionId?: string;
  readonly login?: string;
  readonly email?: string;
  readonly displayName?: string;
  /** Undefined where the provider says nothing of groups. */
  readonly groups?: readonly string[];
}

export interface ProvenLogout {
  readonly issuer: string;
  readonly subject?: string;
  readonly sessionId?: string;
  /** Once. */
  readonly tokenId: string;
  readonly expiresAt: number;
}

export interface LoginProvider {
  /** Where the browser goes. @throws temporary `provider-unreachable`. */
  begin(redirectUrl: string): Promise<{ readonly url: string; readonly kept: BegunLogin }>;
  /** `url`: where the browser came back to. @throws refused `provider-login-invalid`; temporary `provider-unreachable`. */
  finish(url: string, kept: BegunLogin): Promise<ProvenLogin>;
  /** @throws refused `provider-logout-invalid`; temporary `provider-unreachable`. */
  readLogout(token: string): Promise<ProvenLogout>;
}
