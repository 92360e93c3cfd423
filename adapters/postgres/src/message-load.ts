// Begins the transaction of a batch of commands on mailboxes, locks the mailboxes and reads what the commands will ask for.
import type { TenantId } from '@chorale/lib-ids';
import {
  messageLimits,
  needsOf,
  type LoadedRows,
  type MailboxName,
  type Message,
  type MessageCommand,
  type MessageKey,
  type MessageNeeds,
} from '@chorale/module-messaging';
import { together, type Connection } from './connection.ts';
import { mailboxShape, messageShape, subscriptionShape, topicShape } from './message-shapes.ts';

const clock = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint';
const names = 'json_to_recordset($1::text::json) AS k(t text COLLATE "C", m text COLLATE "C")';
/** A mailbox begins with its first row, so that there is one to lock; as long as nothing was put there, it is unused. */
const beginMailboxes = `INSERT INTO mailboxes (tenant_id, mailbox, last_no, used_at, open)
  SELECT k.t, k.m, 0, 0, 0 FROM ${names} ORDER BY k.t, k.m ON CONFLICT DO NOTHING`;
// Each key looks for its row by the index, whatever the planner knows of the table.
const lockMailboxes = `(SELECT k.t, k.m FROM ${names} ORDER BY k.t, k.m) AS k
  CROSS JOIN LATERAL (SELECT * FROM mailboxes x WHERE x.tenant_id = k.t AND x.mailbox = k.m FOR UPDATE) AS mailboxes`;
const byKeys = `json_to_recordset($1::text::json) AS k(t text COLLATE "C", m text COLLATE "C", i text COLLATE "C")
  CROSS JOIN LATERAL (
    SELECT * FROM messages x WHERE x.tenant_id = k.t AND x.mailbox = k.m AND x.message_id = k.i LIMIT 1
  ) AS messages`;
const openOf = `json_to_recordset($1::text::json) AS k(t text COLLATE "C", m text COLLATE "C", n integer)
  CROSS JOIN LATERAL (
    SELECT * FROM messages x WHERE x.tenant_id = k.t AND x.mailbox = k.m AND x.open
    ORDER BY x.priority, x.no LIMIT k.n
  ) AS messages`;
const dueOf = `${names}
  CROSS JOIN LATERAL (
    SELECT * FROM messages x WHERE x.due_at <= $2 AND x.tenant_id = k.t AND x.mailbox = k.m
    ORDER BY x.due_at LIMIT $3
  ) AS messages`;
const inUse = `SELECT k.t, (SELECT count(*) FROM mailboxes x WHERE x.tenant_id = k.t AND x.used_at > 0)
  FROM json_to_recordset($1::text::json) AS k(t text COLLATE "C")`;
const ofTopics = `WHERE (tenant_id, topic) IN (SELECT k.t, k.m FROM ${names})`;

interface Loaded {
  readonly loaded: LoadedRows;
  readonly now: number;
}

export interface LoadOptions {
  readonly clockOfTests: (() => number) | undefined;
  /** Whose mailboxes are to be counted. */
  readonly counted: readonly TenantId[];
}

export async function loadMailboxes(
  connection: Connection,
  commands: readonly MessageCommand[],
  { clockOfTests, counted }: LoadOptions,
): Promise<Loaded> {
  const needs = needsOf(commands);
  const begun = connection.begin(commands.map(({ tenantId }) => tenantId));
  const topics = textOf(needs.topics.map(({ tenantId, topic }) => ({ t: tenantId, m: topic })));
  // Only what is posted to a topic has to wait for the answer to know what to lock.
  const subscriptions =
    needs.topics.length === 0 ? [] : (await together([begun, connection.all(subscriptionShape, ofTopics, topics)]))[1];
  const heard = new Map<string, string[]>();
  for (const { tenantId, topic, mailbox } of subscriptions) {
    const key = `${tenantId} ${topic}`;
    heard.set(key, [...(heard.get(key) ?? []), mailbox]);
  }
  const posted = needs.posts.flatMap(({ tenantId, topic, messageId }) =>
    (heard.get(`${tenantId} ${topic}`) ?? []).map((mailbox) => ({ tenantId, mailbox, messageId })),
  );
  const toLock = textOf(distinct([...needs.mailboxes, ...posted]));
  // Sent one after the other: what is read is read once the mailboxes are locked, and so is the clock.
  const begin = connection.values(beginMailboxes, toLock);
  const locked = connection.allFrom(mailboxShape, lockMailboxes, [toLock]);
  const time = connection.values(clock).then(([row]) => clockOfTests?.() ?? (row?.[0] as number));
  const messages = readMessages(connection, { ...needs, messages: [...needs.messages, ...posted] }, time);
  const schemas = needs.schemas.map(({ tenantId, topic }) => ({ t: tenantId, m: topic }));
  const kept = schemas.length === 0 ? [] : connection.all(topicShape, ofTopics, textOf(schemas));
  const counts = counted.length === 0 ? [] : connection.values(inUse, textOf(counted.map((t) => ({ t }))));
  const sent = [begun, begin, locked, time, messages, Promise.resolve(kept), Promise.resolve(counts)] as const;
  const [, , mailboxes, now, found, topicRows, countRows] = await together(sent);
  const mailboxCounts = new Map(countRows.map(([tenantId, count]) => [tenantId as TenantId, Number(count)]));
  return { loaded: { mailboxes, messages: found, subscriptions, topics: topicRows, mailboxCounts }, now };
}

/** A message that is asked for in several ways is one. */
async function readMessages(
  connection: Connection,
  { messages, open, due }: MessageNeeds,
  time: Promise<number>,
): Promise<readonly Message[]> {
  const reads: Promise<readonly Message[]>[] = [];
  if (messages.length > 0) reads.push(connection.allFrom(messageShape, byKeys, [textOf(messages.map(toKey))]));
  if (open.length > 0) {
    const windows = open.map(({ tenantId: t, mailbox: m, limit: n }) => ({ t, m, n }));
    reads.push(connection.allFrom(messageShape, openOf, [textOf(windows)]));
  }
  if (due.length > 0) {
    const parameters = [textOf(distinct(due)), await time, messageLimits.sweepMax];
    reads.push(connection.allFrom(messageShape, dueOf, parameters));
  }
  return (await together(reads)).flat();
}

function toKey({ tenantId: t, mailbox: m, messageId: i }: MessageKey): { readonly t: TenantId; m: string; i: string } {
  return { t, m, i };
}

function distinct(given: readonly MailboxName[]): readonly { readonly t: TenantId; readonly m: string }[] {
  const byKey = new Map(given.map(({ tenantId: t, mailbox: m }) => [`${t} ${m}`, { t, m }]));
  return [...byKey.values()];
}

function textOf(rows: readonly object[]): string {
  return JSON.stringify(rows);
}
