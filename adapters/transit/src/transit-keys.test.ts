import { utf8Bytes } from '@chorale/module-access';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTransitKeys, parseTransitAddress } from './transit-keys.ts';
import { startTransitServer, type TransitServer } from './transit-server.fixture.ts';

let server: TransitServer;
let now = 0;
const dataKey = new Uint8Array(32).fill(7);
const bound = utf8Bytes('north 1');

beforeEach(async () => {
  server = await startTransitServer();
});
afterEach(() => server.close());

const open = (token = server.token) =>
  openTransitKeys({
    ...parseTransitAddress(`transit:${server.url}/transit/chorale`),
    readToken: () => token,
    now: () => now,
  });

test('[TR1] what was wrapped opens for what it was bound to, and for nothing else', async () => {
  const keys = open();
  const wrapped = await keys.wrap(dataKey, bound);
  expect(wrapped.wrappedBy).toBe(await keys.current());
  expect(await keys.unwrap(wrapped, bound)).toEqual(dataKey);
  expect(await keys.unwrap(wrapped, utf8Bytes('south 1'))).toBeUndefined();
  expect(await keys.unwrap({ ...wrapped, wrappedBy: 'key-0123' }, bound)).toBeUndefined();
  const bent = Uint8Array.from(wrapped.wrapped, (byte, at) => (at === wrapped.wrapped.length - 5 ? byte ^ 1 : byte));
  expect(await keys.unwrap({ ...wrapped, wrapped: bent }, bound)).toBeUndefined();
  // The service sees data keys, which it is trusted with, and no key of its own leaves it.
  expect(server.seen.join('\n')).toContain(Buffer.from(bound).toString('base64'));
});

test('[TR2] a key that was rotated wraps within a minute, old versions unwrap while the service has them', async () => {
  const keys = open();
  const first = await keys.wrap(dataKey, bound);
  expect(await keys.current()).toBe('transit-transit/chorale-v1');
  server.rotate();
  expect(await keys.current()).toBe('transit-transit/chorale-v1');
  now += 61_000;
  expect(await keys.current()).toBe('transit-transit/chorale-v2');
  expect((await keys.wrap(dataKey, bound)).wrappedBy).toBe('transit-transit/chorale-v2');
  expect(await keys.unwrap(first, bound)).toEqual(dataKey);
  server.keepFrom(2);
  expect(await keys.unwrap(first, bound)).toBeUndefined();
});

test('[TR3] a service that is away is temporary, one that refuses says what to do; tokens are in no message', async () => {
  const wrapped = await open().wrap(dataKey, bound);
  const stranger = open('hvs.of-somebody-else');
  const denied = await stranger.wrap(dataKey, bound).catch((error: unknown) => error);
  expect(denied).toMatchObject({ code: 'key-service-refused', family: 'refused' });
  expect(JSON.stringify(denied)).not.toContain('hvs.');
  server.status = 503;
  await expect(open().unwrap(wrapped, bound)).rejects.toMatchObject({ code: 'key-service-unreachable' });
  server.close();
  await expect(open().unwrap(wrapped, bound)).rejects.toMatchObject({ family: 'temporary' });
});

test('[TR4] the service is asked over TLS, in plain only on this machine', () => {
  expect(parseTransitAddress('transit:https://vault.example.com:8200/transit/chorale')).toEqual({
    server: 'https://vault.example.com:8200',
    mount: 'transit',
    key: 'chorale',
  });
  for (const text of [
    'transit:http://vault.example.com/transit/chorale',
    'transit:https://u:p@h/transit/k',
    'transit:x',
    'https://h/t/k',
  ])
    expect(() => parseTransitAddress(text)).toThrow(expect.objectContaining({ code: 'transit-address-invalid' }));
});
