import { expect, test } from 'vitest';
import { linkDatabase, openServiceLinks, refusePlain } from './service-tls.ts';

const none = { ca: '', cert: '', key: '' };
const links = openServiceLinks(none, { warn: () => undefined });

const link = (address: string, plain = false): readonly [string, 'TLS' | 'plain' | 'refused'] => {
  try {
    const { url, tls } = linkDatabase(address, { plain, links });
    return [url, tls === undefined ? 'plain' : 'TLS'];
  } catch (error) {
    return [(error as { readonly code: string }).code, 'refused'];
  }
};

test('[LK2] a database on this machine is spoken to in plain unless its address says otherwise, any other over TLS', () => {
  const here = [
    'localhost',
    '127.0.0.1:5433',
    '[::1]:5432',
    '%2Fvar%2Frun%2Fpostgresql',
    'localhost:1,127.0.0.1:2',
    '',
  ];
  for (const host of here) {
    const address = `postgres://ann:pw@${host}/db`;
    expect(link(address)).toEqual([address, 'plain']);
    expect(link(`${address}?sslmode=require`)).toEqual([address, 'TLS']);
  }
  for (const host of ['db.example.com', '10.0.0.5:5432', 'localhost,db2.example.com:5433', 'localhost.example.com']) {
    const address = `postgresql://ann:pw@${host}/db`;
    expect(link(address)).toEqual([address, 'TLS']);
    expect(link(`${address}?sslmode=prefer&application_name=a`)).toEqual([`${address}?application_name=a`, 'TLS']);
    expect(link(`${address}?a=b&sslmode=disable`)).toEqual(['service-in-plain', 'refused']);
    expect(link(`${address}?a=b&sslmode=disable`, true)).toEqual([`${address}?a=b`, 'plain']);
    expect(link(address, true)).toEqual([address, 'plain']);
    expect(link(`${address}?sslmode=verify-full`, true)).toEqual([address, 'TLS']);
  }
});

test('[LK2] what is not on this machine is not spoken to in plain, unless the configuration says so', () => {
  const refuse = (address: string, plain: boolean) => () => refusePlain('The service', address, { plain });
  for (const host of ['localhost:5672', '127.0.0.1', '[::1]:6379'])
    expect(refuse(`amqp://a:b@${host}`, false)).not.toThrow();
  for (const host of ['mq.example.com', '192.168.0.7:6379', '127.0.0.1.example.com', '[fe80::1]']) {
    expect(refuse(`redis://a:b@${host}`, false)).toThrow(expect.objectContaining({ code: 'service-in-plain' }));
    expect(refuse(`redis://a:b@${host}`, true)).not.toThrow();
  }
});

test('[LK3] files that cannot be used are named before anything is connected', () => {
  const open = () => openServiceLinks({ ...none, ca: '/nowhere/ca.pem' }, { warn: () => undefined });
  expect(open).toThrow(expect.objectContaining({ code: 'service-certificate-unreadable' }));
});
