// Frozen: a later change is a new migration.
export const sql = `
CREATE TABLE mailboxes (
  tenant_id TEXT NOT NULL,
  mailbox TEXT NOT NULL,
  last_no INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  open INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, mailbox)
) WITHOUT ROWID;
CREATE INDEX mailboxes_by_use ON mailboxes (tenant_id, used_at);

CREATE TABLE subscriptions (
  tenant_id TEXT NOT NULL,
  topic TEXT NOT NULL,
  mailbox TEXT NOT NULL,
  PRIMARY KEY (tenant_id, topic, mailbox)
) WITHOUT ROWID;
CREATE INDEX subscriptions_of_mailbox ON subscriptions (tenant_id, mailbox);

CREATE TABLE topics (
  tenant_id TEXT NOT NULL,
  topic TEXT NOT NULL,
  set_by TEXT NOT NULL,
  schema TEXT NOT NULL,
  set_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, topic)
) WITHOUT ROWID;

-- What is open changes an index only when it comes and when it ends: being taken does not.
CREATE TABLE messages (
  tenant_id TEXT NOT NULL,
  mailbox TEXT NOT NULL,
  message_id TEXT NOT NULL,
  no INTEGER NOT NULL,
  sender TEXT NOT NULL,
  address TEXT NOT NULL,
  priority INTEGER NOT NULL,
  payload TEXT NOT NULL,
  question INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  expires_at INTEGER,
  state TEXT NOT NULL,
  open INTEGER NOT NULL,
  take_id TEXT,
  lease_until INTEGER,
  deliveries INTEGER NOT NULL,
  dead_reason TEXT,
  dead_detail TEXT,
  ended_at INTEGER,
  due_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, mailbox, message_id)
);
CREATE INDEX messages_open ON messages (tenant_id, mailbox, priority, no) WHERE open = 1;
CREATE INDEX messages_due ON messages (due_at, tenant_id, mailbox);
CREATE INDEX messages_by_time ON messages (tenant_id, sent_at, mailbox, message_id);
`;
