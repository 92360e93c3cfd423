import { afterEach, beforeEach, expect, test } from 'vitest';
import { admin, north, openIdentityTrial, place, secretPhrase, south, type IdentityTrial } from './identity-trial.ts';

let trial: IdentityTrial;
beforeEach(async () => {
  trial = await openIdentityTrial({ Engineering: ['developer'], Auditors: ['auditor'] });
});
afterEach(() => trial.close());

const login = (name: string, password: string, more: object = {}) =>
  trial.login.byPassword({ tenantId: north, login: name, password, ...place, ...more });
const wrong = { family: 'refused', code: 'login-refused' };
const tooMany = { family: 'temporary', code: 'attempts-too-many' };

test('[ID3] names that look alike are one name, and a tenant has its own', async () => {
  await trial.addPerson('Ann@Example.com', ['owner']);
  await expect(trial.addPerson(' ann@example.com', [])).rejects.toMatchObject({ code: 'login-taken' });
  await expect(trial.addPerson('ａnn@example.com', [])).rejects.toMatchObject({ code: 'login-taken' });
  await trial.addPerson('ann@example.com', ['viewer'], south);
  for (const name of ['', 'a b', 'a\u200Bb', 'x'.repeat(257)])
    await expect(trial.addPerson(name, [])).rejects.toMatchObject({ code: 'login-invalid' });
  expect((await login('ANN@example.com', secretPhrase)).user.body.roles).toEqual(['owner']);
});

test('[ID3] a tenant keeps an active owner, also when two remove each other at once', async () => {
  const ann = await trial.addPerson('ann', ['owner']);
  const change = (userId: string, to: object) => trial.users.change({ tenantId: north, userId, change: to, by: admin });
  await expect(change(ann.id, { active: false })).rejects.toMatchObject({ code: 'last-owner' });
  await expect(change(ann.id, { roles: ['admin'] })).rejects.toMatchObject({ code: 'last-owner' });
  await expect(trial.users.remove({ tenantId: north, userId: ann.id, by: admin })).rejects.toMatchObject({
    code: 'last-owner',
  });
  for (let round = 0; round < 10; round++) {
    const [bob, cat] = [await trial.addPerson(`b${round}`, ['owner']), await trial.addPerson(`c${round}`, ['owner'])];
    if (round === 0) await change(ann.id, { roles: ['viewer'] });
    const both = [change(bob.id, { roles: [] }), trial.users.remove({ tenantId: north, userId: cat.id, by: admin })];
    await Promise.allSettled(both);
    const owners = (await trial.users.list(north, { limit: 100 })).filter(({ body }) => body.roles.includes('owner'));
    expect(owners.length).toBeGreaterThan(0);
  }
});

test('[ID4] a session is idle or there only for so long, and ends at once where it is ended', async () => {
  const ann = await trial.addPerson('ann', ['owner']);
  const [first, second] = [await login('ann', secretPhrase), await login('ann', secretPhrase)];
  const open = async (token: string) => (await trial.sessions.find(token))?.userId;
  expect(await open(first.token)).toBe(ann.id);
  expect(await open(first.token.replace('north', 'south'))).toBeUndefined();
  expect(await open(`${first.token.slice(0, -1)}${first.token.endsWith('A') ? 'B' : 'A'}`)).toBeUndefined();
  expect(await trial.sessions.end(north, 'user_other', first.sessionId)).toBe(false);
  expect(await trial.sessions.end(north, ann.id, first.sessionId)).toBe(true);
  expect(await open(first.token)).toBeUndefined();
  trial.clock.now += 59 * 60_000;
  expect(await open(second.token)).toBe(ann.id);
  trial.clock.now += 59 * 60_000;
  expect(await open(second.token)).toBe(ann.id);
  trial.clock.now += 60 * 60_000;
  expect(await open(second.token)).toBeUndefined();
  const third = await login('ann', secretPhrase);
  for (let hour = 0; hour < 23; hour++) {
    trial.clock.now += 3_599_000;
    expect(await open(third.token)).toBe(ann.id);
  }
  trial.clock.now += 3_599_000;
  expect(await open(third.token)).toBe(ann.id);
  trial.clock.now += 24_000;
  expect(await open(third.token)).toBeUndefined();
});

test('[ID4] logging in ends the session that the browser had, and a session can have a new secret', async () => {
  await trial.addPerson('ann', ['owner']);
  const first = await login('ann', secretPhrase);
  const second = await login('ann', secretPhrase, { replaces: first.token });
  expect(await trial.sessions.find(first.token)).toBeUndefined();
  const rotated = await trial.sessions.rotate(second.token);
  expect(await trial.sessions.find(second.token)).toBeUndefined();
  expect(await trial.sessions.find(rotated!)).toMatchObject({ id: second.sessionId });
});

test('[ID4] [ID6] who is switched off, or comes to other roles, has no session; who is switched off has no key', async () => {
  await trial.addPerson('root', ['owner']);
  const ann = await trial.addPerson('ann', ['viewer']);
  const key = await trial.keys.make({
    tenantId: north,
    userId: ann.id,
    label: 'k',
    scopes: ['goal.read'],
    lifeMs: 1e9,
    by: admin,
  });
  const change = (to: object) => trial.users.change({ tenantId: north, userId: ann.id, change: to, by: admin });
  const first = await login('ann', secretPhrase);
  await change({ displayName: 'Ann' });
  expect(await trial.sessions.find(first.token)).toBeDefined();
  await change({ roles: ['developer'] });
  expect(await trial.sessions.find(first.token)).toBeUndefined();
  expect(await trial.keys.find(key.token)).toBeDefined();
  const second = await login('ann', secretPhrase);
  await change({ active: false });
  expect(await trial.sessions.find(second.token)).toBeUndefined();
  expect(await trial.keys.find(key.token)).toBeUndefined();
  await expect(login('ann', secretPhrase)).rejects.toMatchObject(wrong);
});

test('[ID4] a provider ends the sessions that it began, by its session or by its subject', async () => {
  const user = await trial.addPerson('ann', ['owner']);
  const provider = { issuer: 'https://id.example', subject: 'a', sessionId: 's1' };
  const one = await trial.login.vouched({ user, method: 'oidc', provider, ...place });
  const two = await trial.login.vouched({ user, method: 'oidc', provider: { ...provider, sessionId: 's2' }, ...place });
  const own = await login('ann', secretPhrase);
  expect(await trial.sessions.endOfProvider(north, { issuer: 'https://other.example', sessionId: 's1' })).toBe(0);
  expect(await trial.sessions.endOfProvider(south, { issuer: provider.issuer, sessionId: 's1' })).toBe(0);
  expect(await trial.sessions.endOfProvider(north, { issuer: provider.issuer, sessionId: 's1' })).toBe(1);
  expect(await trial.sessions.find(one.token)).toBeUndefined();
  expect(await trial.sessions.find(two.token)).toBeDefined();
  expect(await trial.sessions.endOfProvider(north, { issuer: provider.issuer, userId: user.id })).toBe(1);
  expect(await trial.sessions.find(own.token)).toBeDefined();
});

test('[ID5] passwords that are short, or little more than what is guessed first, are refused', async () => {
  const user = await trial.addPerson('ann.miller@example.com', ['owner']);
  const set = (password: string) =>
    trial.passwords.set({ tenantId: north, userId: user.id, login: 'ann.miller@example.com', password });
  for (const password of [
    'short one',
    'aaaabbbbccccdddd',
    'Password123456789',
    'what many people have',
    'ann.miller@example.com1',
    'x1'.repeat(200),
  ])
    await expect(set(password)).rejects.toMatchObject({ code: 'password-weak' });
  await set('плохая погода сегодня');
  expect((await login('ann.miller@example.com', 'плохая погода сегодня')).user.id).toBe(user.id);
});

test('[ID6] a key is found until it ends, and by its whole text alone', async () => {
  const ann = await trial.addPerson('ann', ['owner']);
  const make = {
    tenantId: north,
    userId: ann.id,
    label: 'ci',
    scopes: ['goal.read'] as const,
    lifeMs: 10_000,
    by: admin,
  };
  const { token, record } = await trial.keys.make(make);
  expect(token).toMatch(/^chorale\.north\.key_[0-9a-z]{26}\.[A-Za-z0-9_-]{43}[0-9a-f]{8}$/);
  expect(JSON.stringify(record)).not.toContain(token.split('.')[3]!.slice(0, 20));
  for (const no of [9, 20, 50, 80, token.length - 1]) {
    const changed = `${token.slice(0, no)}${token[no] === 'a' ? 'b' : 'a'}${token.slice(no + 1)}`;
    expect(await trial.keys.find(changed)).toBeUndefined();
  }
  expect((await trial.keys.list(north, ann.id))[0]?.body.lastUsedAt).toBeUndefined();
  trial.clock.now += 9_999;
  expect(await trial.keys.find(token)).toBeDefined();
  await trial.keys.flush();
  expect((await trial.keys.list(north, ann.id))[0]?.body.lastUsedAt).toBe(trial.clock.now);
  trial.clock.now += 1;
  expect(await trial.keys.find(token)).toBeUndefined();
  const second = await trial.keys.make(make);
  expect(await trial.keys.revoke(north, second.record.id, admin)).toBe(true);
  expect(await trial.keys.find(second.token)).toBeUndefined();
});

test('[ID6] a key that is rotated counts beside the new one until the overlap is over, and is rotated once', async () => {
  const ann = await trial.addPerson('ann', ['owner']);
  const make = { tenantId: north, userId: ann.id, label: 'ci', scopes: ['goal.read'] as const, lifeMs: 1e9, by: admin };
  const old = await trial.keys.make(make);
  const next = await trial.keys.rotate(north, old.record.id, { overlapMs: 5_000, by: admin });
  expect(next.record.body).toMatchObject({ label: 'ci', scopes: ['goal.read'] });
  await expect(trial.keys.rotate(north, old.record.id, { overlapMs: 1, by: admin })).rejects.toMatchObject({
    code: 'api-key-not-found',
  });
  trial.clock.now += 4_999;
  expect(await trial.keys.find(old.token)).toBeDefined();
  trial.clock.now += 1;
  expect(await trial.keys.find(old.token)).toBeUndefined();
  expect(await trial.keys.find(next.token)).toBeDefined();
});

test('[ID7] guesses come ever more slowly, however many at once, and delay nobody whom the account knows', async () => {
  await trial.addPerson('ann', ['owner']);
  const known = await login('ann', secretPhrase, { address: '198.51.100.1' });
  const attacker = { address: '203.0.113.9' };
  const guesses = await Promise.allSettled(
    Array.from({ length: 40 }, (_, no) => login('ann', `guess number ${no}`, attacker)),
  );
  const looked = guesses.filter((guess) => (guess as PromiseRejectedResult).reason.code === 'login-refused');
  expect(looked.length).toBeLessThanOrEqual(5);
  // The right password does not help who has to wait, and waiting takes twice as long each time.
  await expect(login('ann', secretPhrase, attacker)).rejects.toMatchObject(tooMany);
  const waits: number[] = [];
  for (let round = 0; round < 4; round++) {
    const refusal = await login('ann', 'guess', attacker).catch((error: { retryAfterMs?: number }) => error);
    waits.push((refusal as { retryAfterMs: number }).retryAfterMs);
    trial.clock.now += waits.at(-1)!;
    await expect(login('ann', 'guess', attacker)).rejects.toMatchObject(wrong);
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
  // The browser of before, wherever it is; the address of before, with whatever browser; and whoever else is new.
  await login('ann', secretPhrase, { address: '203.0.113.9', device: known.device });
  await login('ann', secretPhrase, { address: '198.51.100.1' });
  await login('ann', secretPhrase, { address: '192.0.2.200' });
});

test('[ID7] strangers from everywhere guess one at a time, and the account stays open to whoever it knows', async () => {
  await trial.addPerson('ann', ['owner']);
  const known = await login('ann', secretPhrase, { address: '198.51.100.1' });
  let looked = 0;
  for (let no = 0; no < 120; no++) {
    const refusal = await login('ann', 'guess', { address: `203.0.113.${no}` }).catch(
      (error: { code: string }) => error,
    );
    if ((refusal as { code: string }).code === 'login-refused') looked += 1;
  }
  expect(looked).toBe(50);
  await login('ann', secretPhrase, { address: '203.0.113.200', device: known.device });
  trial.clock.now += 30_000;
  await login('ann', secretPhrase, { address: '192.0.2.99' });
});

test('[ID7] one address guesses the passwords of many accounts no faster', async () => {
  await trial.addPerson('root', ['owner']);
  let looked = 0;
  for (let no = 0; no < 60; no++) {
    const refusal = await login(`user${no}`, 'guess', { address: '203.0.113.9' }).catch(
      (error: { code: string }) => error,
    );
    if ((refusal as { code: string }).code === 'login-refused') looked += 1;
  }
  expect(looked).toBe(30);
});

test('[ID8] what was begun is finished once, in time, for its purpose, by one of many', async () => {
  const begin = () => trial.flows.begin({ tenantId: north, purpose: 'ticket', data: { a: 1 }, lifeMs: 1_000 });
  const token = await begin();
  // 256 random bits: guessing is of no use, whatever the number of tries.
  const secrets = await Promise.all(Array.from({ length: 20 }, begin));
  expect(new Set(secrets).size).toBe(20);
  expect(Math.min(...secrets.map((one) => one.split('.').at(-1)!.length))).toBeGreaterThanOrEqual(43);
  expect(await trial.flows.take('oidc', token)).toBeUndefined();
  const takes = await Promise.all(Array.from({ length: 10 }, () => trial.flows.take('ticket', token)));
  expect(takes.filter((take) => take !== undefined)).toEqual([{ tenantId: north, data: { a: 1 } }]);
  const late = await begin();
  trial.clock.now += 1_000;
  expect(await trial.flows.take('ticket', late)).toBeUndefined();
  expect([await trial.flows.isFirst(north, 'x', 10), await trial.flows.isFirst(north, 'x', 10)]).toEqual([true, false]);
});

test('[ID9] nothing tells a wrong password from a wrong name, and what happened is written down without the password', async () => {
  await trial.addPerson('ann', ['owner']);
  const errors = await Promise.all(
    ['ann', 'nobody', 'no\u0000body'].map((name) =>
      login(name, 'wrong password').catch((error: Error) => error.message),
    ),
  );
  expect(new Set(errors).size).toBe(1);
  await login('ann', secretPhrase);
  const begun = trial.acts.filter(({ what }) => what === 'session.begin');
  expect(begun.map(({ decision, reason }) => [decision, reason])).toEqual([
    ['refused', 'password-wrong'],
    ['refused', 'password-wrong'],
    ['refused', 'password-wrong'],
    ['done', undefined],
  ]);
  expect(JSON.stringify(trial.acts)).not.toMatch(/wrong password|correct horse/);
});

test('[ID10] groups give roles as long as somebody is in them', async () => {
  const ann = await trial.addPerson('ann', ['viewer']);
  const group = await trial.groups.add({ tenantId: north, displayName: 'Engineering', by: admin });
  await expect(trial.groups.add({ tenantId: north, displayName: ' Engineering ', by: admin })).rejects.toMatchObject({
    code: 'group-exists',
  });
  const roles = async () => trial.groups.rolesOf(north, ann.id, ann.body);
  const set = (join: readonly string[], leave: readonly string[]) =>
    trial.groups.setMembers(north, { groupId: group.id, join, leave, by: admin });
  await set([ann.id, ann.id, 'user_none'], []);
  expect(await trial.groups.membersOf(north, group.id)).toEqual([ann.id]);
  expect(await roles()).toEqual(['viewer', 'developer']);
  await set([], [ann.id]);
  expect(await roles()).toEqual(['viewer']);
  await set([ann.id], []);
  expect(await trial.groups.remove(north, group.id, admin)).toBe(true);
  expect(await roles()).toEqual(['viewer']);
});
