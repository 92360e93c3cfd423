// The files of a log as C2SP lays them out (c2sp.org/tlog-tiles), for witnesses, monitors and whoever verifies a log without
// trusting this server. Ours are `values/`: what entries keep by reference.
import { refused } from '@chorale/lib-errors';
import { checkpointPath, storedFiles } from '@chorale/module-access';
import { z } from 'zod';
import { actBy } from '../../audit/act-by.ts';
import { requirePermission } from '../caller.ts';
import { defineRoute, type Route } from '../route.ts';

/** What is left of the right edge never changes. */
const fullTile = /^tile\/.*\/\d{3}$/;
const withEntries = /^(?:tile\/entries|values)\//;

const getFile = defineRoute({
  method: 'GET',
  address: '/v1/audit/{tenant}/{+file}',
  operation: 'getAuditFile',
  summary: 'Get one file of the log: checkpoint, tile, bundle of entries or values',
  description: 'As c2sp.org/tlog-tiles names them: `checkpoint`, `tile/0/000`, `tile/entries/000.p/7`.',
  tag: 'audit',
  permit: 'audit.read',
  path: z.strictObject({ tenant: z.string().min(1).max(64), file: z.string().min(1).max(100) }),
  responses: { 200: { description: 'Its bytes.', schema: z.string(), mediaType: 'application/octet-stream' } },
  refusals: ['audit-file-not-found'],
  handle: async ({ path: { tenant, file }, ...input }, { services: { audit, access } }) => {
    const { tenantId } = input.caller;
    if (tenant !== tenantId) throw fileNotFound(file);
    // Names, addresses and what people wrote.
    if (file.startsWith('values/')) requirePermission(access, { caller: input.caller, operation: 'audit.export' });
    const bytes = await storedFiles(audit.store, tenantId).read(file);
    if (bytes === undefined) throw fileNotFound(file);
    // Who only follows heads and hashes, as witnesses do, learns nothing that would be worth a line.
    if (withEntries.test(file)) await audit.recordRead(actBy(input));
    const headers = {
      'content-type': file === checkpointPath ? 'text/plain; charset=utf-8' : 'application/octet-stream',
      'cache-control': fullTile.test(file) ? 'private, max-age=31536000, immutable' : 'no-store',
    };
    return { status: 200, headers, body: Buffer.from(bytes) };
  },
});

function fileNotFound(file: string): Error {
  return refused('audit-file-not-found', `the log has no file ${file}`, {
    action: 'begin with the file `checkpoint`: its size says which others there are',
  });
}

export const auditFileRoutes: readonly Route[] = [getFile];
