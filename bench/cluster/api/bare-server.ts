// What Fastify and PostgreSQL alone do on the same port, with the same work: no product in it. Started by servers.ts; as many of
// them as of the product share one port.

import { hash, timingSafeEqual } from 'node:crypto';
import cluster from 'node:cluster';
import fastify from 'fastify';
import postgres from 'postgres';
import { bareGoal, barePage } from './bare-schemas.ts';

const [, , url = '', key = '', processes = '2', goalId = ''] = process.argv;
const tenant = 'bench';
/** As many as a process of the product has for reads and writes. */
const connections = 10;

if (cluster.isPrimary) {
  let serving = 0;
  for (let no = 0; no < Number(processes); no++) {
    cluster.fork().on('message', (port: number) => {
      serving += 1;
      if (serving === Number(processes)) process.send?.(port);
    });
  }
} else await serve();

async function serve(): Promise<void> {
  const sql = postgres(url, { max: connections, onnotice: () => undefined });
  const expected = hash('sha256', key, 'buffer');
  const api = fastify({ logger: false });
  api.addHook('onRequest', async (request, reply) => {
    const given = request.headers.authorization?.slice('Bearer '.length) ?? '';
    if (!timingSafeEqual(hash('sha256', given, 'buffer'), expected)) {
      await reply.code(401).send();
    }
  });
  const [kept] = await sql`SELECT * FROM bare_list(${tenant}, 1)`;
  api.get('/goals/:id', { schema: { response: { 200: bareGoal } } }, async () => kept);
  api.get('/goals', { schema: { response: { 200: barePage } } }, async () => ({
    // The function names the tenant and reads in one call: one round trip.
    items: await sql`SELECT * FROM bare_list(${tenant}, 20)`,
  }));
  const body = { type: 'object', required: ['title'], properties: { title: { type: 'string' } } } as const;
  let no = 0;
  const id = (): string => `${goalId}_${process.pid}_${no++}`;
  api.post<{ Body: { title: string } }>('/goals', { schema: { body } }, async (request, reply) => {
    await sql`INSERT INTO bare_events (tenant_id, id, body) VALUES (${tenant}, ${id()}, ${JSON.stringify(request.body)})`;
    return reply.code(201).send({ ok: true });
  });
  api.post<{ Body: { title: string }[] }>('/batch', async (request, reply) => {
    const rows = request.body.map((item) => ({ tenant_id: tenant, id: id(), body: JSON.stringify(item) }));
    await sql`INSERT INTO bare_events ${sql(rows)}`;
    return reply.code(200).send({ ok: rows.length });
  });
  await api.listen({ host: '127.0.0.1', port: 0 });
  const address = api.server.address();
  if (address !== null && typeof address !== 'string') process.send?.(address.port);
}
