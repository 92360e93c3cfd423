// Frozen: a later change is a new migration.
export const sql = `
CREATE TABLE mailboxes (
  tenant_id text COLLATE "C" NOT NULL,
  mailbox text COLLATE "C" NOT NULL,
  last_no bigint NOT NULL,
  used_at bigint NOT NULL,
  open integer NOT NULL,
  PRIMARY KEY (tenant_id, mailbox)
);
CREATE INDEX mailboxes_by_use ON mailboxes (tenant_id, used_at);

CREATE TABLE subscriptions (
  tenant_id text COLLATE "C" NOT NULL,
  topic text COLLATE "C" NOT NULL,
  mailbox text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, topic, mailbox)
);
CREATE INDEX subscriptions_of_mailbox ON subscriptions (tenant_id, mailbox);

CREATE TABLE topics (
  tenant_id text COLLATE "C" NOT NULL,
  topic text COLLATE "C" NOT NULL,
  set_by text NOT NULL,
  schema json NOT NULL,
  set_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, topic)
);

-- What is open changes an index only when it comes and when it ends: being taken does not.
CREATE TABLE messages (
  tenant_id text COLLATE "C" NOT NULL,
  mailbox text COLLATE "C" NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  no bigint NOT NULL,
  sender text COLLATE "C" NOT NULL,
  address text COLLATE "C" NOT NULL,
  priority integer NOT NULL,
  payload json NOT NULL,
  question boolean NOT NULL,
  sent_at bigint NOT NULL,
  expires_at bigint,
  state text COLLATE "C" NOT NULL,
  open boolean NOT NULL,
  take_id text COLLATE "C",
  lease_until bigint,
  deliveries integer NOT NULL,
  dead_reason text COLLATE "C",
  dead_detail text,
  ended_at bigint,
  due_at bigint NOT NULL
);
CREATE INDEX messages_open ON messages (tenant_id, mailbox, priority, no) WHERE open;
CREATE INDEX messages_due ON messages (due_at, tenant_id, mailbox);
CREATE INDEX messages_by_time ON messages (tenant_id, sent_at, mailbox, message_id);
-- Last: of indexes that look alike to it, as all do on an empty table, the planner takes the newest.
ALTER TABLE messages ADD PRIMARY KEY (tenant_id, mailbox, message_id);
`;
