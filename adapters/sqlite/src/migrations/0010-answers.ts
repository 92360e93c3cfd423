// Frozen: a later change is a new migration.
export const sql = `
-- With row ids: vectors and replies are long.
CREATE TABLE model_answers (
  tenant_id TEXT NOT NULL,
  answer_id TEXT NOT NULL,
  setting TEXT NOT NULL,
  question TEXT NOT NULL,
  vector TEXT NOT NULL,
  reply TEXT NOT NULL,
  cost INTEGER NOT NULL,
  kept_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, answer_id)
);
CREATE INDEX model_answers_newest ON model_answers (tenant_id, kept_at);
CREATE INDEX model_answers_of_setting ON model_answers (tenant_id, setting, kept_at);
`;
