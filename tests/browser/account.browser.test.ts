// The door of the page, and what one does about one's account: with the keyboard, in a real browser.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findViolations } from './find-violations.ts';
import { browserTestMs, TestSite, type TestPage } from './test-site.ts';

let site: TestSite;
let password: string;
beforeAll(async () => {
  site = await TestSite.open('hosts: [chorale.localhost]\n');
  ({ password } = await site.client.resetOwnerPassword());
}, browserTestMs);
afterAll(() => site.close());

const allowed = /Failed to load resource: the server responded with a status of 401/;
const stranger = (path: string): Promise<TestPage> => site.openPage(path, { stranger: true, allowed });

async function logIn({ page }: TestPage): Promise<void> {
  await page.getByLabel('Name').fill('owner');
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
}

test(
  '[W50] nobody sees a view before logging in; afterwards they are where they wanted to be, and out again at once',
  async () => {
    const opened = await stranger('/workflows');
    const { page } = opened;
    await page.getByRole('heading', { name: 'Log in to Chorale' }).waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await findViolations(page)).toEqual([]);
    await page.getByLabel('Name').fill('owner');
    await page.getByLabel('Password').fill('not the password');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Nobody can log in that way.').waitFor();
    await logIn(opened);
    await page.getByRole('heading', { name: 'Workflows' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('u');
    await page.getByRole('heading', { name: 'Account', exact: true }).waitFor();
    await page.getByText('this one').waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Log in to Chorale' }).waitFor();
    expect((await page.context().cookies()).map(({ name }) => name)).toEqual([
      expect.stringMatching(/^chorale-device/),
    ]);
    expect(await opened.close()).toEqual([]);
  },
  browserTestMs,
);

test(
  '[W50] a ticket in the address opens the page once, and is out of the address before anything is shown',
  async () => {
    const { ticket } = await site.client.makeTicket();
    const first = await stranger(`/goals#ticket=${ticket}`);
    await first.page.getByRole('heading', { name: 'Goals', exact: true }).waitFor();
    expect(new URL(first.page.url()).hash).toBe('');
    const cookies = await first.page.context().cookies();
    expect(cookies.every(({ httpOnly, sameSite }) => httpOnly && sameSite === 'Strict')).toBe(true);
    expect(await first.page.evaluate('document.cookie')).toBe('');
    expect(await first.close()).toEqual([]);
    const second = await stranger(`/goals#ticket=${ticket}`);
    await second.page.getByRole('alert').getByText('That was used already').waitFor();
    const { ticket: fresh } = await site.client.makeTicket();
    await second.page.goto(`${second.page.url()}#ticket=${fresh}`);
    await second.page.getByRole('heading', { name: 'Goals', exact: true }).waitFor();
    expect(await second.close()).toEqual([]);
  },
  browserTestMs,
);

test(
  '[W50] a ticket changes an open account only when its owner agrees',
  async () => {
    const opened = await stranger('/goals');
    const { page } = opened;
    await logIn(opened);
    await page.getByRole('heading', { name: 'Goals', exact: true }).waitFor();
    const session = async () => (await page.context().cookies()).find(({ name }) => name.includes('session'))?.value;
    const before = await session();
    const { ticket } = await site.client.makeTicket();
    await page.goto(`${page.url()}#ticket=${ticket}`);
    await page.getByRole('heading', { name: 'Change to another account?' }).waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: /^Stay / }).click();
    await page.getByRole('heading', { name: 'Goals', exact: true }).waitFor();
    expect(before).toBeDefined();
    expect(await session()).toBe(before);
    await page.goto(`${page.url()}#ticket=${ticket}`);
    await page.getByRole('button', { name: 'Change the account' }).click();
    await page.getByRole('heading', { name: 'Goals', exact: true }).waitFor();
    expect(await session()).not.toBe(before);
    expect(await opened.close()).toEqual([]);
  },
  browserTestMs,
);

test(
  '[W50] where others reach the server a ticket opens nothing before whoever sits there agrees',
  async () => {
    const { ticket } = await site.client.makeTicket();
    const address = `/goals#ticket=${ticket}`;
    const opened = await site.openPage(address, { stranger: true, allowed, named: 'chorale.localhost' });
    const { page } = opened;
    await page.getByRole('heading', { name: 'Open this account?' }).waitFor();
    expect(new URL(page.url()).hash).toBe('');
    expect(await findViolations(page)).toEqual([]);
    expect((await page.context().cookies()).filter(({ name }) => name.includes('session'))).toEqual([]);
    await page.getByRole('button', { name: 'Log in myself' }).click();
    await page.getByRole('heading', { name: 'Log in to Chorale' }).waitFor();
    await page.goto(`${new URL(page.url()).origin}${address}`);
    await page.getByRole('button', { name: 'Open the account' }).click();
    await page.getByRole('heading', { name: 'Goals', exact: true }).waitFor();
    expect(await opened.close()).toEqual([]);
  },
  browserTestMs,
);

test(
  '[W51] an owner makes and revokes a key, invites a member, who chooses a password and sees no more than a viewer may',
  async () => {
    const opened = await stranger('/account');
    const { page } = opened;
    await logIn(opened);
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('What for').fill('builds');
    await page.getByRole('button', { name: 'Make key' }).click();
    const key = await page.getByRole('status').locator('code').textContent();
    const headers = { authorization: `Bearer ${key}` };
    expect((await fetch(`${site.url}/v1/goals`, { headers })).status).toBe(200);
    await page.getByRole('button', { name: 'Revoke builds' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('There are none.').waitFor();
    expect((await fetch(`${site.url}/v1/goals`, { headers })).status).toBe(401);
    await page.getByRole('button', { name: 'Members' }).click();
    await page.getByRole('button', { name: 'Add member' }).click();
    await page.getByLabel('Logs in as').fill('ann');
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    const address = await page.getByRole('status').locator('code').textContent();
    expect(await findViolations(page)).toEqual([]);
    expect(await opened.close()).toEqual([]);
    const invited = await stranger(new URL(address ?? '').hash.replace(/^/, '/'));
    await invited.page.getByLabel('Choose a password').fill('a phrase of ann');
    expect(await findViolations(invited.page)).toEqual([]);
    await invited.page.keyboard.press('Enter');
    await invited.page.getByRole('heading', { name: 'Goals', exact: true }).waitFor();
    await invited.page.keyboard.press('g');
    await invited.page.keyboard.press('u');
    await invited.page.getByText('ann, viewer').waitFor();
    expect(await invited.page.getByRole('button', { name: 'Members' }).count()).toBe(0);
    expect(await invited.close()).toEqual([]);
  },
  browserTestMs,
);

test(
  '[W52] a passkey is added, opens the page without a password, and opens nothing once it is removed',
  async () => {
    const opened = await site.openPage('/account', { stranger: true, named: 'localhost', allowed });
    const { page } = opened;
    // A device of this browser's own, which recognises its owner.
    const devices = await page.context().newCDPSession(page);
    await devices.send('WebAuthn.enable');
    const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true } as const;
    const able = { hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
    const { authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', {
      options: { ...options, ...able },
    });
    await logIn(opened);
    await page.getByLabel('Name of the new passkey').fill('Key ring');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('Key ring, used').waitFor();
    expect(await findViolations(page)).toEqual([]);
    const logOut = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByRole('heading', { name: 'Log in to Chorale' }).waitFor();
    };
    const enter = (): Promise<void> => page.getByRole('button', { name: 'Log in with a passkey' }).click();
    await logOut();
    await enter();
    await page.getByText('Key ring, used').waitFor();
    expect((await site.client.listAuditEntries({ what: 'session.begin', limit: 1 })).items[0]).toMatchObject({
      decision: 'done',
      detail: { method: 'passkey' },
    });
    // A copy of the device that counts from an earlier state is found out.
    await logOut();
    const { credentials } = await devices.send('WebAuthn.getCredentials', { authenticatorId });
    await devices.send('WebAuthn.removeCredential', { authenticatorId, credentialId: credentials[0]!.credentialId });
    await devices.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credentials[0]!, signCount: 0 } });
    await enter();
    await page.getByRole('alert').getByText('Nobody can log in that way.').waitFor();
    await devices.send('WebAuthn.removeCredential', { authenticatorId, credentialId: credentials[0]!.credentialId });
    await devices.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credentials[0]!, signCount: 9 } });
    await enter();
    await page.getByText('Key ring, used').waitFor();
    await page.getByRole('button', { name: 'Remove Key ring' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Key ring, used').waitFor({ state: 'detached' });
    await logOut();
    await enter();
    await page.getByRole('alert').getByText('Nobody can log in that way.').waitFor();
    expect(await opened.close()).toEqual([]);
  },
  browserTestMs,
);
