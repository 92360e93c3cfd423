// Preloaded into the server that is compared with: everybody is let in unasked, as the owner of the first tenant.
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith('/apps/server/src/api/caller.ts')) return loaded;
    const source = String(loaded.source);
    const begin =
      'export async function admit(access: AccessServices, request: FastifyRequest, permit: Permit): Promise<Caller> {';
    if (!source.includes(begin)) throw new Error('caller.ts does not admit as it did; mend the benchmark.');
    return { ...loaded, source: source.replace(begin, `${begin}\n  return systemCaller;`) };
  },
});
