// Erases everything of a tenant, and gives a receipt for it.
//
// In two phases: the first says what there is, and nothing else happens; the second is told what the first one said, and is
// refused where somebody asks for more, or less, than was shown. What still comes in meanwhile is erased as well: it goes on until
// nothing is left.
import { refused, temporary } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import { toHex } from '../bytes.ts';
import type { Sha256 } from '../audit/merkle-tree.ts';
import type { TenantRows } from './tenant-rows.ts';

/** What is beside the tables: artifacts, workspaces, caches. */
export interface TenantPlace {
  readonly name: string;
  count(tenantId: TenantId): Promise<number>;
  erase(tenantId: TenantId): Promise<void>;
}

export interface ErasePorts {
  readonly rows: TenantRows;
  readonly places: readonly TenantPlace[];
  readonly sha256: Sha256;
  readonly now: () => number;
  /** Makes a signed note of the receipt. */
  readonly sign: (text: string) => Promise<string>;
}

export interface ErasePreview {
  /** By table and place; those with nothing are left out. */
  readonly counts: Readonly<Record<string, number>>;
  /** To be given back with the order to erase. It says which tenant and which tables, so that it fits no other. */
  readonly confirm: string;
}

export interface ErasureReceipt extends ErasePreview {
  readonly tenantId: TenantId;
  readonly at: number;
  readonly by: string;
  /** A signed note with all of the above. */
  readonly note: string;
}

const passesMax = 20;

export async function previewErasure(ports: ErasePorts, tenantId: TenantId): Promise<ErasePreview> {
  const { ofTenants } = await ports.rows.listTables();
  const counts: Record<string, number> = {};
  for (const table of ofTenants) counts[table.name] = await ports.rows.countRows(tenantId, table);
  for (const place of ports.places) counts[place.name] = await place.count(tenantId);
  const names = Object.keys(counts).toSorted();
  return {
    counts: Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    confirm: toHex(ports.sha256(JSON.stringify(['erase tenant', tenantId, names]))).slice(0, 16),
  };
}

export interface EraseOrder {
  readonly tenantId: TenantId;
  readonly by: string;
  readonly confirm: string;
}

/** @throws refused `erasure-not-confirmed`. */
export async function requireConfirmation(
  ports: ErasePorts,
  { tenantId, confirm }: Pick<EraseOrder, 'tenantId' | 'confirm'>,
): Promise<void> {
  if ((await previewErasure(ports, tenantId)).confirm === confirm) return;
  throw refused('erasure-not-confirmed', `This does not confirm that tenant ${tenantId} is erased.`, {
    action: 'Look at what would go first: the answer has the word that confirms it.',
  });
}

/** When nobody writes for the tenant any more. @throws refused `erasure-not-confirmed`, temporary `tenant-busy`. */
export async function eraseTenant(ports: ErasePorts, order: EraseOrder): Promise<ErasureReceipt> {
  const { tenantId, by, confirm } = order;
  await requireConfirmation(ports, order);
  const counts: Record<string, number> = {};
  for (let pass = 0; ; pass++) {
    const gone = await erasePass(ports, tenantId, counts);
    if (gone === 0) break;
    if (pass === passesMax)
      throw temporary('tenant-busy', `Tenant ${tenantId} is written to while it is erased.`, {
        action: 'Suspend it, or stop its agents, and erase it again: what is gone stays gone.',
        retryAfterMs: 1_000,
      });
  }
  const receipt = { tenantId, at: ports.now(), by, counts, confirm };
  return { ...receipt, note: await ports.sign(`erasure of a tenant\n${JSON.stringify(receipt)}\n`) };
}

async function erasePass(ports: ErasePorts, tenantId: TenantId, counts: Record<string, number>): Promise<number> {
  const { ofTenants } = await ports.rows.listTables();
  let all = 0;
  const note = (name: string, count: number): void => {
    if (count > 0) counts[name] = (counts[name] ?? 0) + count;
    all += count;
  };
  // What refers to others goes before them.
  for (const table of ofTenants.toReversed()) {
    let gone: number;
    do {
      gone = await ports.rows.eraseRows(tenantId, table);
      note(table.name, gone);
    } while (gone > 0);
  }
  for (const place of ports.places) {
    const count = await place.count(tenantId);
    if (count > 0) await place.erase(tenantId);
    note(place.name, count);
  }
  return all;
}
