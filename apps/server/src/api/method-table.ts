// Which methods an address takes: Fastify answers 404 where HTTP wants 405 with an Allow header.
export class MethodTable {
  readonly #rows: readonly { readonly pattern: RegExp; readonly method: string }[];

  constructor(routes: readonly { readonly address: string; readonly method: string }[]) {
    this.#rows = routes.map(({ address, method }) => ({ pattern: patternOf(address), method }));
  }

  /** Empty when there is no such address. */
  allowedAt(url: string): readonly string[] {
    const path = url.split('?', 1)[0] ?? '';
    const methods = this.#rows.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return methods.includes('GET') ? ['GET', 'HEAD', ...methods.filter((method) => method !== 'GET')] : methods;
  }
}

function patternOf(address: string): RegExp {
  const [whole = '', rest] = address.split(/\{\+\w+\}$/);
  const parts = whole.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('[^/]+')}${rest === undefined ? '' : '.+'}$`);
}
