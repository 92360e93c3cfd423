// Begins the transaction of a batch of audit commands, locks its logs and reads what they will ask for, in one round trip.
import type { TenantId } from '@chorale/lib-ids';
import type {
  ActId,
  AuditCommand,
  AuditLogRow,
  AuditRows,
  PreparedAct,
  StoredCheckpoint,
  ValuesGone,
} from '@chorale/module-access';
import { auditCheckpointShape, auditLogShape } from './access-shapes.ts';
import { together, type Connection, type Rows } from './connection.ts';

const tenantsGiven = 'SELECT t COLLATE "C" FROM json_array_elements_text($1::text::json) AS t';
/** A log begins with its first row, so that there is one to lock. */
const beginLogs = `INSERT INTO audit_logs (tenant_id, size, edge, root)
  SELECT given.t, 0, '', '' FROM (${tenantsGiven}) AS given(t) ORDER BY given.t ON CONFLICT DO NOTHING`;
const lockLogs = `WHERE tenant_id IN (${tenantsGiven}) ORDER BY tenant_id FOR UPDATE`;
const findActs = `SELECT e.tenant_id, e.act_id, e.no
  FROM json_to_recordset($1::text::json) AS k(t text COLLATE "C", a text COLLATE "C")
  JOIN audit_entries e ON e.tenant_id = k.t AND e.act_id = k.a`;
const newest = `WHERE (tenant_id, size) IN (
    SELECT tenant_id, max(size) FROM audit_checkpoints WHERE tenant_id IN (${tenantsGiven}) GROUP BY tenant_id
  )`;

export async function loadAudit(connection: Connection, commands: readonly AuditCommand[]): Promise<AuditRows> {
  const tenants = JSON.stringify([...new Set(commands.map(({ tenantId }) => tenantId))]);
  const acts = commands.flatMap((command): readonly { readonly t: string; readonly a: string }[] => {
    if (command.command === 'put-checkpoint') return [];
    const { actId }: PreparedAct & { readonly actId: ActId } = command.command === 'append-act' ? command : command.act;
    return [{ t: command.tenantId, a: actId }];
  });
  // Sent one after the other: what is counted and found is so once the logs are locked.
  const loaded = [
    connection.begin(commands.map(({ tenantId }) => tenantId)),
    connection.values(beginLogs, tenants),
    connection.all(auditLogShape, lockLogs, tenants),
    connection.values(findActs, JSON.stringify(acts)),
    commands.some(({ command }) => command === 'put-checkpoint')
      ? connection.all(auditCheckpointShape, newest, tenants)
      : Promise.resolve([]),
  ] as const;
  const counts = new Map<string, number>();
  const counted = commands.filter(isDropping).map(async (command) => {
    const { where, values } = conditionOf(command);
    const [row] = await connection.values(`SELECT count(*) FROM audit_values ${where}`, ...values);
    counts.set(keyOf(command), row?.[0] as number);
  });
  // Together: when the first is refused, nobody would be there to hear that the second is.
  const [[, , logs, numbers, checkpoints]] = await together([together(loaded), together(counted)]);
  return new LoadedAuditRows({ logs, numbers, checkpoints, counts });
}

type Dropping = Extract<AuditCommand, { readonly command: 'erase-values' | 'expire-values' }>;

function isDropping(command: AuditCommand): command is Dropping {
  return command.command === 'erase-values' || command.command === 'expire-values';
}

type Which = ValuesGone | Dropping;

function keyOf(which: Which): string {
  return JSON.stringify(conditionOf(which).values);
}

/** While its log is locked, all values of a tenant are of entries before the one that says that they go. */
export function conditionOf(which: Which): { readonly where: string; readonly values: readonly (string | number)[] } {
  return 'subject' in which
    ? { where: 'WHERE tenant_id = $1 AND subject = $2', values: [which.tenantId, which.subject] }
    : {
        where: 'WHERE tenant_id = $1 AND retention = $2 AND at < $3',
        values: [which.tenantId, which.retention, which.before],
      };
}

interface Loaded {
  readonly logs: readonly AuditLogRow[];
  readonly numbers: Rows;
  readonly checkpoints: readonly StoredCheckpoint[];
  readonly counts: ReadonlyMap<string, number>;
}

class LoadedAuditRows implements AuditRows {
  readonly #logs: ReadonlyMap<TenantId, AuditLogRow>;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #checkpoints: ReadonlyMap<TenantId, StoredCheckpoint>;
  readonly #counts: ReadonlyMap<string, number>;

  constructor({ logs, numbers, checkpoints, counts }: Loaded) {
    this.#logs = new Map(logs.map((row) => [row.tenantId, row]));
    this.#numbers = new Map(numbers.map(([tenantId, actId, no]) => [JSON.stringify([tenantId, actId]), no as number]));
    this.#checkpoints = new Map(checkpoints.map((row) => [row.tenantId, row]));
    this.#counts = counts;
  }

  log(tenantId: TenantId): AuditLogRow | undefined {
    return this.#logs.get(tenantId);
  }

  entryNo(tenantId: TenantId, actId: ActId): number | undefined {
    return this.#numbers.get(JSON.stringify([tenantId, actId]));
  }

  checkpoint(tenantId: TenantId): StoredCheckpoint | undefined {
    return this.#checkpoints.get(tenantId);
  }

  countValues(gone: ValuesGone): number {
    return this.#counts.get(keyOf(gone)) ?? 0;
  }
}
