// Frozen: a later change is a new migration.
export const sql = `
CREATE TABLE model_answers (
  tenant_id text COLLATE "C" NOT NULL,
  answer_id text COLLATE "C" NOT NULL,
  setting text COLLATE "C" NOT NULL,
  question text NOT NULL,
  vector text NOT NULL,
  reply json NOT NULL,
  cost bigint NOT NULL,
  kept_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, answer_id)
);
CREATE INDEX model_answers_newest ON model_answers (tenant_id, kept_at);
CREATE INDEX model_answers_of_setting ON model_answers (tenant_id, setting, kept_at);
`;
