// The few shapes that calls of the API have.
import type { Page } from './goal.ts';
import type { RequestDetails, Send } from './request.ts';
import { readJson } from './request.ts';

type Query = NonNullable<RequestDetails['query']>;

export interface Calls {
  readonly get: <T>(path: string, query?: Query) => Promise<T>;
  /** All pages. */
  readonly items: <T>(path: string, query?: Query) => Promise<readonly T[]>;
  readonly post: <T>(path: string, body: unknown, headers?: Record<string, string | undefined>) => Promise<T>;
  readonly remove: (path: string) => Promise<void>;
}

export function createCalls(send: Send): Calls {
  const get = async <T>(path: string, query: Query = {}): Promise<T> => readJson<T>(await send(path, { query }));
  return {
    get,
    async items<T>(path: string, query: Query = {}) {
      const all: T[] = [];
      let page = await get<Page<T>>(path, query);
      all.push(...page.items);
      while (page.next !== undefined) {
        page = await get<Page<T>>(path, { ...query, after: page.next });
        all.push(...page.items);
      }
      return all;
    },
    post: async <T>(path: string, body: unknown, headers: Record<string, string | undefined> = {}) =>
      readJson<T>(await send(path, { method: 'POST', body, headers })),
    async remove(path) {
      await send(path, { method: 'DELETE' });
    },
  };
}
