// What whoever starts the server at a terminal is told: how to open the page, and, at the first start, the owner's password.
//
// Invariants: GT1 tickets and passwords go to a terminal and nowhere else: what is not one is a log that others read.
import type { IdentityServices } from './identity-services.ts';
import { ensureOwner, givePassword, makeTicket } from './local-owner.ts';

export interface Greeting {
  readonly identity: IdentityServices;
  readonly url: string;
  readonly terminal: { readonly isTTY?: boolean; write(text: string): unknown };
}

export async function greet({ identity, url, terminal }: Greeting): Promise<void> {
  if (terminal.isTTY !== true) return;
  const password = await givePassword(identity);
  const ticket = await makeTicket(identity, await ensureOwner(identity));
  const lines = [`The page, for you, once, in the next ten minutes:`, `  ${url}/#ticket=${ticket}`];
  if (password !== undefined) lines.push('Later log in as owner; this password is shown this once:', `  ${password}`);
  terminal.write(`${lines.join('\n')}\n`);
}
