// A browser as far as cookies and origins go, for tests of the API.

export interface Visit {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string };
}

export class Visitor {
  readonly #baseUrl: string;
  readonly cookies = new Map<string, string>();
  /** As they were set. */
  readonly setCookies: string[] = [];

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
  }

  async visit(path: string, { method = 'GET', body, headers = {} }: Visit = {}): Promise<Response> {
    const sent = new Headers({ 'sec-fetch-site': 'same-origin', ...headers });
    if (method !== 'GET') sent.set('origin', headers['origin'] ?? this.#baseUrl);
    if (body !== undefined) sent.set('content-type', 'application/json');
    // Without any, the test API takes who asks for its owner.
    sent.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') || 'none=none');
    const response = await fetch(`${this.#baseUrl}${path}`, {
      method,
      headers: sent,
      redirect: 'manual',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  async json<T = Record<string, unknown>>(path: string, visit?: Visit): Promise<T> {
    return (await (await this.visit(path, visit)).json()) as T;
  }

  logIn(login: string, password: string): Promise<Response> {
    return this.visit('/v1/login/password', { method: 'POST', body: { login, password } });
  }

  #keep(line: string): void {
    this.setCookies.push(line);
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/Max-Age=0(?:;|$)/.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
