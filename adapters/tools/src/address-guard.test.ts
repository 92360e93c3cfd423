import { describe, expect, test } from 'vitest';
import { createAddressGuard, isPublicAddress } from './address-guard.ts';

describe('an address is public', () => {
  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '93.184.216.34',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '2606:4700::1111',
    '2a00:1450:4001:800::200e',
    '2001:200::1',
  ])('[HF1] %s is', (address) => expect(isPublicAddress(address)).toBe(true));

  test.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::1',
    'fe80::1',
    'fe80::1%lo',
    'fec0::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    '3fff::1',
    '100::1',
    '',
    'localhost',
    '127.1',
    '1.1.1.1.',
    '1.1.1',
  ])('[HF1] %s is not', (address) => expect(isPublicAddress(address)).toBe(false));
});

const guardOf = (answers: Readonly<Record<string, readonly string[]>>) =>
  createAddressGuard({ resolveName: (name) => Promise.resolve(answers[name] ?? []) });

describe('the guard of addresses', () => {
  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://0/',
    'http://169.254.169.254/latest/',
  ])('[HF1] sees through the notation of %s', async (url) => {
    await expect(guardOf({}).resolve(new URL(url))).rejects.toMatchObject({
      family: 'refused',
      code: 'address-not-allowed',
    });
  });

  test('[HF2] refuses a name when any of its addresses is not public', async () => {
    const guard = guardOf({
      'mixed.test': ['93.184.216.34', '10.0.0.5'],
      'good.test': ['93.184.216.34', '2606:4700::1111'],
    });
    await expect(guard.resolve(new URL('https://mixed.test/'))).rejects.toMatchObject({ code: 'address-not-allowed' });
    expect(await guard.resolve(new URL('https://good.test/'))).toEqual(['93.184.216.34', '2606:4700::1111']);
  });

  test('[HF2] a name without an address, or that cannot be resolved, may be tried again', async () => {
    await expect(guardOf({}).resolve(new URL('https://gone.test/'))).rejects.toMatchObject({
      family: 'temporary',
      code: 'name-not-resolved',
    });
    const failing = createAddressGuard({ resolveName: () => Promise.reject(new Error('SERVFAIL')) });
    await expect(failing.resolve(new URL('https://gone.test/'))).rejects.toMatchObject({ code: 'name-not-resolved' });
  });

  test('[HF2] the name of this machine is judged by where it leads', async () => {
    await expect(createAddressGuard().resolve(new URL('http://localhost/'))).rejects.toMatchObject({
      code: 'address-not-allowed',
    });
  });
});
