// The secrets that this process has had in its hands, and what takes them out of everything that is to be seen.
//
// Owns:       their values, in memory, for as long as the process runs: what was seen once may turn up at any later time.
// Invariants: RS1 a tenant's output is looked through for its own secrets and those of the installation, and for no other
//                 tenant's: what is hidden tells that it was right.
import type { TenantId } from '@chorale/lib-ids';
import { makeRedactor, type NamedSecret, type Redactor } from '@chorale/module-access';

/** Of one secret: after it was changed, the values before still turn up in what runs. */
const valuesMax = 4;
const secretsMax = 10_000;

type Owner = TenantId | 'installation';

export class Redactors {
  readonly #values = new Map<Owner, Map<string, readonly string[]>>();
  readonly #made = new Map<Owner | 'all', Redactor>();

  /** Learns a secret of a tenant, or of the installation. */
  learn({ name, value }: NamedSecret, owner: Owner = 'installation'): void {
    const names = this.#values.get(owner) ?? new Map<string, readonly string[]>();
    this.#values.set(owner, names);
    const known = names.get(name) ?? [];
    if (known.includes(value)) return;
    names.set(name, [value, ...known].slice(0, valuesMax));
    const oldest = names.keys().next().value;
    if (names.size > secretsMax && oldest !== undefined) names.delete(oldest);
    this.#made.clear();
  }

  /** All that was learnt of a tenant. */
  forget(tenantId: TenantId): void {
    this.#values.delete(tenantId);
    this.#made.clear();
  }

  /** For what a tenant is given. */
  of(tenantId: TenantId): Redactor {
    return this.#find(tenantId, () => [...this.#list('installation'), ...this.#list(tenantId)]);
  }

  /** For what only the operator sees, such as the log of the process. */
  all(): Redactor {
    return this.#find('all', () => [...this.#values.keys()].flatMap((owner) => this.#list(owner)));
  }

  #list(owner: Owner): readonly NamedSecret[] {
    return [...(this.#values.get(owner) ?? [])].flatMap(([name, values]) => values.map((value) => ({ name, value })));
  }

  #find(owner: Owner | 'all', list: () => readonly NamedSecret[]): Redactor {
    let redactor = this.#made.get(owner);
    if (redactor === undefined) this.#made.set(owner, (redactor = makeRedactor(list())));
    return redactor;
  }
}
