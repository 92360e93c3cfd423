import { expect, test } from 'vitest';
import { readDatabaseAddress } from './server-address.ts';

test('one server is taken as it is, whatever it does', () => {
  expect(readDatabaseAddress('postgres://u:p@db/name?search_path=x')).toEqual({
    servers: [{ host: 'db', port: 5432 }],
    takesWrites: false,
    url: 'postgres://u:p@db:5432/name?search_path=x',
    tlsMode: undefined,
  });
});

test('of several servers only one that takes writes will do; the driver is told of the first, and of nothing decided here', () => {
  const read = readDatabaseAddress('postgresql://u@a:1,[::1]:2,c/name?target_session_attrs=read-write&sslmode=require');
  expect(read).toEqual({
    servers: [
      { host: 'a', port: 1 },
      { host: '::1', port: 2 },
      { host: 'c', port: 5432 },
    ],
    takesWrites: true,
    url: 'postgresql://u@a:1/name',
    tlsMode: 'require',
  });
  expect(readDatabaseAddress('postgres://a/name?target_session_attrs=primary').takesWrites).toBe(true);
  expect(readDatabaseAddress('postgres://%2Frun%2Fpg/name').servers).toEqual([{ host: '/run/pg', port: 5432 }]);
});

test.each(['http://a/b', 'postgres://a:x/b', 'postgres://a:1:2/b', 'postgres://a,b/c?target_session_attrs=standby'])(
  '%s is refused',
  (address) => {
    expect(() => readDatabaseAddress(address)).toThrow(expect.objectContaining({ code: 'database-address-invalid' }));
  },
);
