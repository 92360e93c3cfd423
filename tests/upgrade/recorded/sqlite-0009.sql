PRAGMA user_version = 9;
CREATE TABLE goals (
  tenant_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  title TEXT NOT NULL,
  workflow TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  plan_version INTEGER NOT NULL,
  plan_hash TEXT NOT NULL,
  inputs TEXT NOT NULL,
  outputs TEXT,
  priority INTEGER NOT NULL,
  event_seq INTEGER NOT NULL,
  tasks_open INTEGER NOT NULL,
  tasks_running INTEGER NOT NULL,
  tasks_total INTEGER NOT NULL,
  next_item_no INTEGER NOT NULL,
  tasks_failed INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  start_at INTEGER,
  deadline_at INTEGER,
  finished_at INTEGER,
  requested_by TEXT NOT NULL,
  idempotency_key TEXT,
  request_hash TEXT,
  parent_goal_id TEXT,
  parent_task_no INTEGER,
  depth INTEGER NOT NULL,
  failure TEXT,
  PRIMARY KEY (tenant_id, goal_id)
) WITHOUT ROWID;
INSERT INTO "goals" VALUES ('north', 'goal_01m800drxtejbvqyx9frfz5m7g', 'chain', 'chain', 'running', 4, 1, 'plan-chain', '{}', NULL, 2, 4, 2, 1, 3, 100000, 0, 1795296781242, NULL, NULL, NULL, 'ann', 'chain', NULL, NULL, NULL, 0, NULL);
INSERT INTO "goals" VALUES ('north', 'goal_01m800dryjmzb1jpp8z276hzge', 'asks', 'asks', 'running', 3, 1, 'plan-asks', '{}', NULL, 2, 5, 2, 0, 3, 100000, 0, 1795296781266, NULL, NULL, NULL, 'ann', 'asks', NULL, NULL, NULL, 0, NULL);
INSERT INTO "goals" VALUES ('north', 'goal_01m800dryrxv9da7ssgseqfn6y', 'waits', 'waits', 'running', 3, 1, 'plan-waits', '{}', NULL, 2, 4, 2, 0, 3, 100000, 0, 1795296781272, NULL, NULL, NULL, 'ann', 'waits', NULL, NULL, NULL, 0, NULL);
INSERT INTO "goals" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 'items', 'items', 'running', 7, 1, 'plan-items', '{}', NULL, 2, 8, 5, 2, 7, 100005, 0, 1795296781280, NULL, NULL, NULL, 'ann', 'items', NULL, NULL, NULL, 0, NULL);
INSERT INTO "goals" VALUES ('north', 'goal_01m800drzae37ygnqrps9qbth1', 'paused', 'paused', 'paused', 4, 1, 'plan-paused', '{}', NULL, 2, 4, 1, 0, 2, 100000, 0, 1795296781290, NULL, NULL, NULL, 'ann', 'paused', NULL, NULL, NULL, 0, NULL);
INSERT INTO "goals" VALUES ('north', 'goal_01m800drzpgrn582n9qq49hfw4', 'journal', 'journal', 'running', 3, 1, 'plan-journal', '{}', NULL, 2, 3, 1, 1, 1, 100000, 0, 1795296781302, NULL, NULL, NULL, 'ann', 'journal', NULL, NULL, NULL, 0, NULL);
INSERT INTO "goals" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 'wide', 'wide', 'running', 71, 1, 'plan-wide', '{}', NULL, 2, 71, 70, 10, 100, 100000, 0, 1795296781308, NULL, NULL, NULL, 'ann', 'wide', NULL, NULL, NULL, 0, NULL);
INSERT INTO "goals" VALUES ('north', 'goal_01m800ds330rcqefwkccmgbkma', 'ended', 'ended', 'succeeded', 3, 1, 'plan-ended', '{}', '{}', 2, 4, 0, 0, 1, 100000, 0, 1795296781411, NULL, NULL, 1795296781415, 'ann', 'ended', NULL, NULL, NULL, 0, NULL);
CREATE TABLE tasks (
  tenant_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  no INTEGER NOT NULL,
  key TEXT NOT NULL,
  definition_no INTEGER NOT NULL,
  parent_no INTEGER,
  item_index INTEGER,
  item TEXT,
  state TEXT NOT NULL,
  reason TEXT,
  waits_for TEXT,
  needs_left INTEGER NOT NULL,
  need_skipped INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  run INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  losses INTEGER NOT NULL,
  worker_id TEXT,
  priority INTEGER NOT NULL,
  lane TEXT NOT NULL,
  wake_at INTEGER,
  ready_at INTEGER,
  started_at INTEGER,
  finished_at INTEGER,
  output TEXT,
  failure TEXT,
  input_override TEXT,
  cancel_requested INTEGER NOT NULL, messages TEXT,
  PRIMARY KEY (tenant_id, goal_id, no)
) WITHOUT ROWID;
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drxtejbvqyx9frfz5m7g', 0, 'a', 0, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781242, 1795296781247, 1795296781263, '"a"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drxtejbvqyx9frfz5m7g', 1, 'b', 1, NULL, NULL, NULL, 'running', NULL, NULL, 0, 0, 1, 1, 0, 0, 'worker_01m800drxm2r7pcvv0cw8609ty', 2, 'default', NULL, 1795296781263, 1795296781265, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drxtejbvqyx9frfz5m7g', 2, 'c', 2, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800dryjmzb1jpp8z276hzge', 0, 'a', 0, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781266, 1795296781267, 1795296781268, '"a"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800dryjmzb1jpp8z276hzge', 1, 'ask', 1, NULL, NULL, NULL, 'blocked', 'approval', 'appr_01m800drymnc8q35bj00ebdq0w', 0, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800dryjmzb1jpp8z276hzge', 2, 'b', 2, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800dryrxv9da7ssgseqfn6y', 0, 'a', 0, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781272, 1795296781273, 1795296781275, '"a"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800dryrxv9da7ssgseqfn6y', 1, 'go', 1, NULL, NULL, NULL, 'blocked', 'signal', NULL, 0, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800dryrxv9da7ssgseqfn6y', 2, 'b', 2, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 0, 'work', 0, NULL, NULL, '{"first":100000,"count":5,"next":100004}', 'blocked', 'items', NULL, 3, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 1, 'after', 1, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 100000, 'work[0]', 0, 0, 0, '1', 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781280, 1795296781282, 1795296781284, '"work[0]"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 100001, 'work[1]', 0, 0, 1, '2', 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781280, 1795296781282, 1795296781285, '"work[1]"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 100002, 'work[2]', 0, 0, 2, '3', 'running', NULL, NULL, 0, 0, 1, 1, 0, 0, 'worker_01m800drxm2r7pcvv0cw8609ty', 2, 'default', NULL, 1795296781284, 1795296781289, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 100003, 'work[3]', 0, 0, 3, '4', 'running', NULL, NULL, 0, 0, 1, 1, 0, 0, 'worker_01m800drxm2r7pcvv0cw8609ty', 2, 'default', NULL, 1795296781285, 1795296781289, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 100004, 'work[4]', 0, 0, 4, '5', 'waiting', 'item-limit', NULL, 0, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzae37ygnqrps9qbth1', 0, 'a', 0, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781290, 1795296781293, 1795296781297, '"a"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzae37ygnqrps9qbth1', 1, 'b', 1, NULL, NULL, NULL, 'held', 'goal-paused', NULL, 0, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781297, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzpgrn582n9qq49hfw4', 0, 'a', 0, NULL, NULL, NULL, 'running', NULL, NULL, 0, 0, 1, 1, 0, 0, 'worker_01m800drxm2r7pcvv0cw8609ty', 2, 'default', NULL, 1795296781302, 1795296781303, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 0, 't0', 0, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781308, 1795296781314, 1795296781317, '"t0"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 1, 't1', 1, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781308, 1795296781314, 1795296781319, '"t1"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 2, 't2', 2, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781308, 1795296781314, 1795296781321, '"t2"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 3, 't3', 3, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781308, 1795296781314, 1795296781322, '"t3"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 4, 't4', 4, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781308, 1795296781314, 1795296781323, '"t4"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 5, 't5', 5, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781308, 1795296781314, 1795296781323, '"t5"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 6, 't6', 6, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781308, 1795296781314, 1795296781325, '"t6"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 7, 't7', 7, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781308, 1795296781314, 1795296781327, '"t7"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 8, 't8', 8, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781308, 1795296781314, 1795296781331, '"t8"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 9, 't9', 9, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781308, 1795296781314, 1795296781332, '"t9"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 10, 't10', 10, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781317, 1795296781333, 1795296781337, '"t10"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 11, 't11', 11, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781319, 1795296781333, 1795296781338, '"t11"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 12, 't12', 12, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781321, 1795296781333, 1795296781340, '"t12"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 13, 't13', 13, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781322, 1795296781333, 1795296781342, '"t13"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 14, 't14', 14, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781323, 1795296781333, 1795296781342, '"t14"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 15, 't15', 15, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781323, 1795296781333, 1795296781343, '"t15"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 16, 't16', 16, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781325, 1795296781333, 1795296781347, '"t16"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 17, 't17', 17, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781327, 1795296781333, 1795296781351, '"t17"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 18, 't18', 18, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781331, 1795296781333, 1795296781352, '"t18"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 19, 't19', 19, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781332, 1795296781333, 1795296781354, '"t19"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 20, 't20', 20, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781337, 1795296781359, 1795296781366, '"t20"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 21, 't21', 21, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781338, 1795296781359, 1795296781375, '"t21"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 22, 't22', 22, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781340, 1795296781359, 1795296781379, '"t22"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 23, 't23', 23, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781342, 1795296781359, 1795296781382, '"t23"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 24, 't24', 24, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781342, 1795296781359, 1795296781387, '"t24"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 25, 't25', 25, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781343, 1795296781359, 1795296781391, '"t25"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 26, 't26', 26, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781347, 1795296781359, 1795296781394, '"t26"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 27, 't27', 27, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781351, 1795296781359, 1795296781399, '"t27"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 28, 't28', 28, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781352, 1795296781359, 1795296781403, '"t28"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 29, 't29', 29, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781354, 1795296781359, 1795296781405, '"t29"', NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 30, 't30', 30, NULL, NULL, NULL, 'running', NULL, NULL, 0, 0, 1, 1, 0, 0, 'worker_01m800drxm2r7pcvv0cw8609ty', 2, 'default', NULL, 1795296781366, 1795296781407, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 31, 't31', 31, NULL, NULL, NULL, 'running', NULL, NULL, 0, 0, 1, 1, 0, 0, 'worker_01m800drxm2r7pcvv0cw8609ty', 2, 'default', NULL, 1795296781375, 1795296781407, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 32, 't32', 32, NULL, NULL, NULL, 'running', NULL, NULL, 0, 0, 1, 1, 0, 0, 'worker_01m800drxm2r7pcvv0cw8609ty', 2, 'default', NULL, 1795296781379, 1795296781407, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 33, 't33', 33, NULL, NULL, NULL, 'running', NULL, NULL, 0, 0, 1, 1, 0, 0, 'worker_01m800drxm2r7pcvv0cw8609ty', 2, 'default', NULL, 1795296781382, 1795296781407, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 34, 't34', 34, NULL, NULL, NULL, 'running', NULL, NULL, 0, 0, 1, 1, 0, 0, 'worker_01m800drxm2r7pcvv0cw8609ty', 2, 'default', NULL, 1795296781387, 1795296781407, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 35, 't35', 35, NULL, NULL, NULL, 'running', NULL, NULL, 0, 0, 1, 1, 0, 0, 'worker_01m800drxm2r7pcvv0cw8609ty', 2, 'default', NULL, 1795296781391, 1795296781407, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 36, 't36', 36, NULL, NULL, NULL, 'running', NULL, NULL, 0, 0, 1, 1, 0, 0, 'worker_01m800drxm2r7pcvv0cw8609ty', 2, 'default', NULL, 1795296781394, 1795296781407, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 37, 't37', 37, NULL, NULL, NULL, 'running', NULL, NULL, 0, 0, 1, 1, 0, 0, 'worker_01m800drxm2r7pcvv0cw8609ty', 2, 'default', NULL, 1795296781399, 1795296781407, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 38, 't38', 38, NULL, NULL, NULL, 'running', NULL, NULL, 0, 0, 1, 1, 0, 0, 'worker_01m800drxm2r7pcvv0cw8609ty', 2, 'default', NULL, 1795296781403, 1795296781407, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 39, 't39', 39, NULL, NULL, NULL, 'running', NULL, NULL, 0, 0, 1, 1, 0, 0, 'worker_01m800drxm2r7pcvv0cw8609ty', 2, 'default', NULL, 1795296781405, 1795296781407, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 40, 't40', 40, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 41, 't41', 41, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 42, 't42', 42, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 43, 't43', 43, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 44, 't44', 44, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 45, 't45', 45, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 46, 't46', 46, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 47, 't47', 47, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 48, 't48', 48, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 49, 't49', 49, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 50, 't50', 50, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 51, 't51', 51, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 52, 't52', 52, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 53, 't53', 53, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 54, 't54', 54, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 55, 't55', 55, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 56, 't56', 56, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 57, 't57', 57, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 58, 't58', 58, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 59, 't59', 59, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 60, 't60', 60, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 61, 't61', 61, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 62, 't62', 62, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 63, 't63', 63, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 64, 't64', 64, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 65, 't65', 65, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 66, 't66', 66, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 67, 't67', 67, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 68, 't68', 68, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 69, 't69', 69, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 70, 't70', 70, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 71, 't71', 71, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 72, 't72', 72, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 73, 't73', 73, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 74, 't74', 74, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 75, 't75', 75, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 76, 't76', 76, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 77, 't77', 77, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 78, 't78', 78, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 79, 't79', 79, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 80, 't80', 80, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 81, 't81', 81, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 82, 't82', 82, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 83, 't83', 83, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 84, 't84', 84, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 85, 't85', 85, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 86, 't86', 86, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 87, 't87', 87, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 88, 't88', 88, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 89, 't89', 89, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 90, 't90', 90, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 91, 't91', 91, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 92, 't92', 92, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 93, 't93', 93, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 94, 't94', 94, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 95, 't95', 95, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 96, 't96', 96, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 97, 't97', 97, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 98, 't98', 98, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 99, 't99', 99, NULL, NULL, NULL, 'waiting', 'needs', NULL, 1, 0, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO "tasks" VALUES ('north', 'goal_01m800ds330rcqefwkccmgbkma', 0, 'a', 0, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, 0, 1, 1, 0, 0, NULL, 2, 'default', NULL, 1795296781411, 1795296781412, 1795296781415, '"a"', NULL, NULL, 0, NULL);
CREATE TABLE definitions (
  tenant_id TEXT NOT NULL,
  plan_hash TEXT NOT NULL,
  definition TEXT NOT NULL,
  PRIMARY KEY (tenant_id, plan_hash)
) WITHOUT ROWID;
INSERT INTO "definitions" VALUES ('north', 'plan-asks', '{"workflow":"asks","inputs":{},"tasks":[{"key":"a","kind":"tool","tool":"noop","needs":[]},{"key":"ask","kind":"approval","question":"May it go on?","needs":["a"]},{"key":"b","kind":"tool","tool":"noop","needs":["ask"]}]}');
INSERT INTO "definitions" VALUES ('north', 'plan-chain', '{"workflow":"chain","inputs":{},"tasks":[{"key":"a","kind":"tool","tool":"noop","needs":[]},{"key":"b","kind":"tool","tool":"noop","needs":["a"]},{"key":"c","kind":"tool","tool":"noop","needs":["b"]}]}');
INSERT INTO "definitions" VALUES ('north', 'plan-ended', '{"workflow":"ended","inputs":{},"tasks":[{"key":"a","kind":"tool","tool":"noop","needs":[]}]}');
INSERT INTO "definitions" VALUES ('north', 'plan-items', '{"workflow":"items","inputs":{},"tasks":[{"key":"work","kind":"tool","tool":"noop","needs":[],"forEach":{"items":"[1, 2, 3, 4, 5]","concurrency":2}},{"key":"after","kind":"tool","tool":"noop","needs":["work"]}]}');
INSERT INTO "definitions" VALUES ('north', 'plan-journal', '{"workflow":"journal","inputs":{},"tasks":[{"key":"a","kind":"tool","tool":"noop","needs":[]}]}');
INSERT INTO "definitions" VALUES ('north', 'plan-paused', '{"workflow":"paused","inputs":{},"tasks":[{"key":"a","kind":"tool","tool":"noop","needs":[]},{"key":"b","kind":"tool","tool":"noop","needs":["a"]}]}');
INSERT INTO "definitions" VALUES ('north', 'plan-waits', '{"workflow":"waits","inputs":{},"tasks":[{"key":"a","kind":"tool","tool":"noop","needs":[]},{"key":"go","kind":"signal","needs":["a"]},{"key":"b","kind":"tool","tool":"noop","needs":["go"]}]}');
INSERT INTO "definitions" VALUES ('north', 'plan-wide', '{"workflow":"wide","inputs":{},"tasks":[{"key":"t0","kind":"tool","tool":"noop","needs":[]},{"key":"t1","kind":"tool","tool":"noop","needs":[]},{"key":"t2","kind":"tool","tool":"noop","needs":[]},{"key":"t3","kind":"tool","tool":"noop","needs":[]},{"key":"t4","kind":"tool","tool":"noop","needs":[]},{"key":"t5","kind":"tool","tool":"noop","needs":[]},{"key":"t6","kind":"tool","tool":"noop","needs":[]},{"key":"t7","kind":"tool","tool":"noop","needs":[]},{"key":"t8","kind":"tool","tool":"noop","needs":[]},{"key":"t9","kind":"tool","tool":"noop","needs":[]},{"key":"t10","kind":"tool","tool":"noop","needs":["t0"]},{"key":"t11","kind":"tool","tool":"noop","needs":["t1"]},{"key":"t12","kind":"tool","tool":"noop","needs":["t2"]},{"key":"t13","kind":"tool","tool":"noop","needs":["t3"]},{"key":"t14","kind":"tool","tool":"noop","needs":["t4"]},{"key":"t15","kind":"tool","tool":"noop","needs":["t5"]},{"key":"t16","kind":"tool","tool":"noop","needs":["t6"]},{"key":"t17","kind":"tool","tool":"noop","needs":["t7"]},{"key":"t18","kind":"tool","tool":"noop","needs":["t8"]},{"key":"t19","kind":"tool","tool":"noop","needs":["t9"]},{"key":"t20","kind":"tool","tool":"noop","needs":["t10"]},{"key":"t21","kind":"tool","tool":"noop","needs":["t11"]},{"key":"t22","kind":"tool","tool":"noop","needs":["t12"]},{"key":"t23","kind":"tool","tool":"noop","needs":["t13"]},{"key":"t24","kind":"tool","tool":"noop","needs":["t14"]},{"key":"t25","kind":"tool","tool":"noop","needs":["t15"]},{"key":"t26","kind":"tool","tool":"noop","needs":["t16"]},{"key":"t27","kind":"tool","tool":"noop","needs":["t17"]},{"key":"t28","kind":"tool","tool":"noop","needs":["t18"]},{"key":"t29","kind":"tool","tool":"noop","needs":["t19"]},{"key":"t30","kind":"tool","tool":"noop","needs":["t20"]},{"key":"t31","kind":"tool","tool":"noop","needs":["t21"]},{"key":"t32","kind":"tool","tool":"noop","needs":["t22"]},{"key":"t33","kind":"tool","tool":"noop","needs":["t23"]},{"key":"t34","kind":"tool","tool":"noop","needs":["t24"]},{"key":"t35","kind":"tool","tool":"noop","needs":["t25"]},{"key":"t36","kind":"tool","tool":"noop","needs":["t26"]},{"key":"t37","kind":"tool","tool":"noop","needs":["t27"]},{"key":"t38","kind":"tool","tool":"noop","needs":["t28"]},{"key":"t39","kind":"tool","tool":"noop","needs":["t29"]},{"key":"t40","kind":"tool","tool":"noop","needs":["t30"]},{"key":"t41","kind":"tool","tool":"noop","needs":["t31"]},{"key":"t42","kind":"tool","tool":"noop","needs":["t32"]},{"key":"t43","kind":"tool","tool":"noop","needs":["t33"]},{"key":"t44","kind":"tool","tool":"noop","needs":["t34"]},{"key":"t45","kind":"tool","tool":"noop","needs":["t35"]},{"key":"t46","kind":"tool","tool":"noop","needs":["t36"]},{"key":"t47","kind":"tool","tool":"noop","needs":["t37"]},{"key":"t48","kind":"tool","tool":"noop","needs":["t38"]},{"key":"t49","kind":"tool","tool":"noop","needs":["t39"]},{"key":"t50","kind":"tool","tool":"noop","needs":["t40"]},{"key":"t51","kind":"tool","tool":"noop","needs":["t41"]},{"key":"t52","kind":"tool","tool":"noop","needs":["t42"]},{"key":"t53","kind":"tool","tool":"noop","needs":["t43"]},{"key":"t54","kind":"tool","tool":"noop","needs":["t44"]},{"key":"t55","kind":"tool","tool":"noop","needs":["t45"]},{"key":"t56","kind":"tool","tool":"noop","needs":["t46"]},{"key":"t57","kind":"tool","tool":"noop","needs":["t47"]},{"key":"t58","kind":"tool","tool":"noop","needs":["t48"]},{"key":"t59","kind":"tool","tool":"noop","needs":["t49"]},{"key":"t60","kind":"tool","tool":"noop","needs":["t50"]},{"key":"t61","kind":"tool","tool":"noop","needs":["t51"]},{"key":"t62","kind":"tool","tool":"noop","needs":["t52"]},{"key":"t63","kind":"tool","tool":"noop","needs":["t53"]},{"key":"t64","kind":"tool","tool":"noop","needs":["t54"]},{"key":"t65","kind":"tool","tool":"noop","needs":["t55"]},{"key":"t66","kind":"tool","tool":"noop","needs":["t56"]},{"key":"t67","kind":"tool","tool":"noop","needs":["t57"]},{"key":"t68","kind":"tool","tool":"noop","needs":["t58"]},{"key":"t69","kind":"tool","tool":"noop","needs":["t59"]},{"key":"t70","kind":"tool","tool":"noop","needs":["t60"]},{"key":"t71","kind":"tool","tool":"noop","needs":["t61"]},{"key":"t72","kind":"tool","tool":"noop","needs":["t62"]},{"key":"t73","kind":"tool","tool":"noop","needs":["t63"]},{"key":"t74","kind":"tool","tool":"noop","needs":["t64"]},{"key":"t75","kind":"tool","tool":"noop","needs":["t65"]},{"key":"t76","kind":"tool","tool":"noop","needs":["t66"]},{"key":"t77","kind":"tool","tool":"noop","needs":["t67"]},{"key":"t78","kind":"tool","tool":"noop","needs":["t68"]},{"key":"t79","kind":"tool","tool":"noop","needs":["t69"]},{"key":"t80","kind":"tool","tool":"noop","needs":["t70"]},{"key":"t81","kind":"tool","tool":"noop","needs":["t71"]},{"key":"t82","kind":"tool","tool":"noop","needs":["t72"]},{"key":"t83","kind":"tool","tool":"noop","needs":["t73"]},{"key":"t84","kind":"tool","tool":"noop","needs":["t74"]},{"key":"t85","kind":"tool","tool":"noop","needs":["t75"]},{"key":"t86","kind":"tool","tool":"noop","needs":["t76"]},{"key":"t87","kind":"tool","tool":"noop","needs":["t77"]},{"key":"t88","kind":"tool","tool":"noop","needs":["t78"]},{"key":"t89","kind":"tool","tool":"noop","needs":["t79"]},{"key":"t90","kind":"tool","tool":"noop","needs":["t80"]},{"key":"t91","kind":"tool","tool":"noop","needs":["t81"]},{"key":"t92","kind":"tool","tool":"noop","needs":["t82"]},{"key":"t93","kind":"tool","tool":"noop","needs":["t83"]},{"key":"t94","kind":"tool","tool":"noop","needs":["t84"]},{"key":"t95","kind":"tool","tool":"noop","needs":["t85"]},{"key":"t96","kind":"tool","tool":"noop","needs":["t86"]},{"key":"t97","kind":"tool","tool":"noop","needs":["t87"]},{"key":"t98","kind":"tool","tool":"noop","needs":["t88"]},{"key":"t99","kind":"tool","tool":"noop","needs":["t89"]}]}');
CREATE TABLE plan_versions (
  tenant_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  plan_hash TEXT NOT NULL,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  changes TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, goal_id, version)
) WITHOUT ROWID;
INSERT INTO "plan_versions" VALUES ('north', 'goal_01m800drxtejbvqyx9frfz5m7g', 1, 'plan-chain', 'ann', 'submitted', '[]', 1795296781242);
INSERT INTO "plan_versions" VALUES ('north', 'goal_01m800dryjmzb1jpp8z276hzge', 1, 'plan-asks', 'ann', 'submitted', '[]', 1795296781266);
INSERT INTO "plan_versions" VALUES ('north', 'goal_01m800dryrxv9da7ssgseqfn6y', 1, 'plan-waits', 'ann', 'submitted', '[]', 1795296781272);
INSERT INTO "plan_versions" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 1, 'plan-items', 'ann', 'submitted', '[]', 1795296781280);
INSERT INTO "plan_versions" VALUES ('north', 'goal_01m800drzae37ygnqrps9qbth1', 1, 'plan-paused', 'ann', 'submitted', '[]', 1795296781290);
INSERT INTO "plan_versions" VALUES ('north', 'goal_01m800drzpgrn582n9qq49hfw4', 1, 'plan-journal', 'ann', 'submitted', '[]', 1795296781302);
INSERT INTO "plan_versions" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 1, 'plan-wide', 'ann', 'submitted', '[]', 1795296781308);
INSERT INTO "plan_versions" VALUES ('north', 'goal_01m800ds330rcqefwkccmgbkma', 1, 'plan-ended', 'ann', 'submitted', '[]', 1795296781411);
CREATE TABLE attempts (
  tenant_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  task_no INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  run INTEGER NOT NULL,
  worker_id TEXT NOT NULL,
  outcome TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  failure TEXT,
  PRIMARY KEY (tenant_id, goal_id, task_no, attempt)
) WITHOUT ROWID;
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drxtejbvqyx9frfz5m7g', 0, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781247, 1795296781263, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800dryjmzb1jpp8z276hzge', 0, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781267, 1795296781268, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800dryrxv9da7ssgseqfn6y', 0, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781273, 1795296781275, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 100000, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781282, 1795296781284, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 100001, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781282, 1795296781285, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzae37ygnqrps9qbth1', 0, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781293, 1795296781297, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 0, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781314, 1795296781317, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 1, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781314, 1795296781319, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 2, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781314, 1795296781321, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 3, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781314, 1795296781322, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 4, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781314, 1795296781323, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 5, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781314, 1795296781323, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 6, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781314, 1795296781325, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 7, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781314, 1795296781327, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 8, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781314, 1795296781331, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 9, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781314, 1795296781332, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 10, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781333, 1795296781337, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 11, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781333, 1795296781338, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 12, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781333, 1795296781340, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 13, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781333, 1795296781342, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 14, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781333, 1795296781342, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 15, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781333, 1795296781343, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 16, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781333, 1795296781347, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 17, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781333, 1795296781351, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 18, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781333, 1795296781352, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 19, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781333, 1795296781354, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 20, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781359, 1795296781366, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 21, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781359, 1795296781375, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 22, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781359, 1795296781379, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 23, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781359, 1795296781382, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 24, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781359, 1795296781387, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 25, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781359, 1795296781391, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 26, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781359, 1795296781394, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 27, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781359, 1795296781399, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 28, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781359, 1795296781403, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 29, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781359, 1795296781405, NULL);
INSERT INTO "attempts" VALUES ('north', 'goal_01m800ds330rcqefwkccmgbkma', 0, 1, 1, 'worker_01m800drxm2r7pcvv0cw8609ty', 'succeeded', 1795296781412, 1795296781415, NULL);
CREATE TABLE steps (
  tenant_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  task_no INTEGER NOT NULL,
  run INTEGER NOT NULL,
  step_no INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  idempotent INTEGER NOT NULL,
  input TEXT NOT NULL,
  output TEXT,
  failure TEXT,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (tenant_id, goal_id, task_no, run, step_no)
) WITHOUT ROWID;
INSERT INTO "steps" VALUES ('north', 'goal_01m800drzpgrn582n9qq49hfw4', 0, 1, 1, 1, 'tool-call', 'noop', 'started', 1, '{}', NULL, NULL, 1, NULL);
CREATE TABLE event_pages (
  tenant_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  events TEXT NOT NULL,
  PRIMARY KEY (tenant_id, goal_id, seq)
) WITHOUT ROWID;
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drxtejbvqyx9frfz5m7g', 1, '[["goal-submitted",1795296781242,null,{"title":"chain","workflow":"chain","tasks":3}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drxtejbvqyx9frfz5m7g', 2, '[["task-started",1795296781247,0,{"key":"a","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drxtejbvqyx9frfz5m7g', 3, '[["task-finished",1795296781263,0,{"key":"a","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drxtejbvqyx9frfz5m7g', 4, '[["task-started",1795296781265,1,{"key":"b","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800dryjmzb1jpp8z276hzge', 1, '[["goal-submitted",1795296781266,null,{"title":"asks","workflow":"asks","tasks":3}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800dryjmzb1jpp8z276hzge', 2, '[["task-started",1795296781267,0,{"key":"a","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800dryjmzb1jpp8z276hzge', 5, '[["task-finished",1795296781268,0,{"key":"a","state":"succeeded"}],["approval-requested",1795296781268,1,{"key":"ask","approval":"appr_01m800drymnc8q35bj00ebdq0w"}],["task-waiting",1795296781268,1,{"key":"ask","reason":"approval","waitsFor":"appr_01m800drymnc8q35bj00ebdq0w"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800dryrxv9da7ssgseqfn6y', 1, '[["goal-submitted",1795296781272,null,{"title":"waits","workflow":"waits","tasks":3}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800dryrxv9da7ssgseqfn6y', 2, '[["task-started",1795296781273,0,{"key":"a","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800dryrxv9da7ssgseqfn6y', 4, '[["task-finished",1795296781275,0,{"key":"a","state":"succeeded"}],["task-waiting",1795296781275,1,{"key":"go","reason":"signal"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 2, '[["goal-submitted",1795296781280,null,{"title":"items","workflow":"items","tasks":2}],["task-waiting",1795296781280,0,{"key":"work","reason":"items"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 4, '[["task-started",1795296781282,100000,{"key":"work[0]","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781282,100001,{"key":"work[1]","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 5, '[["task-finished",1795296781284,100000,{"key":"work[0]","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 6, '[["task-finished",1795296781285,100001,{"key":"work[1]","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drz0tgwa331egt257488', 8, '[["task-started",1795296781289,100002,{"key":"work[2]","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781289,100003,{"key":"work[3]","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzae37ygnqrps9qbth1', 1, '[["goal-submitted",1795296781290,null,{"title":"paused","workflow":"paused","tasks":2}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzae37ygnqrps9qbth1', 2, '[["task-started",1795296781293,0,{"key":"a","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzae37ygnqrps9qbth1', 3, '[["task-finished",1795296781297,0,{"key":"a","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzae37ygnqrps9qbth1', 4, '[["goal-paused",1795296781298,null,{"by":"ann","reason":"to see"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzpgrn582n9qq49hfw4', 1, '[["goal-submitted",1795296781302,null,{"title":"journal","workflow":"journal","tasks":1}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzpgrn582n9qq49hfw4', 2, '[["task-started",1795296781303,0,{"key":"a","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzpgrn582n9qq49hfw4', 3, '[["step-started",1795296781307,0,{"key":"a","step":1,"name":"noop"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 1, '[["goal-submitted",1795296781308,null,{"title":"wide","workflow":"wide","tasks":100}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 11, '[["task-started",1795296781314,0,{"key":"t0","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781314,1,{"key":"t1","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781314,2,{"key":"t2","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781314,3,{"key":"t3","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781314,4,{"key":"t4","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781314,5,{"key":"t5","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781314,6,{"key":"t6","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781314,7,{"key":"t7","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781314,8,{"key":"t8","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781314,9,{"key":"t9","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 12, '[["task-finished",1795296781317,0,{"key":"t0","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 13, '[["task-finished",1795296781319,1,{"key":"t1","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 14, '[["task-finished",1795296781321,2,{"key":"t2","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 15, '[["task-finished",1795296781322,3,{"key":"t3","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 16, '[["task-finished",1795296781323,4,{"key":"t4","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 17, '[["task-finished",1795296781323,5,{"key":"t5","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 18, '[["task-finished",1795296781325,6,{"key":"t6","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 19, '[["task-finished",1795296781327,7,{"key":"t7","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 20, '[["task-finished",1795296781331,8,{"key":"t8","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 21, '[["task-finished",1795296781332,9,{"key":"t9","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 31, '[["task-started",1795296781333,10,{"key":"t10","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781333,11,{"key":"t11","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781333,12,{"key":"t12","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781333,13,{"key":"t13","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781333,14,{"key":"t14","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781333,15,{"key":"t15","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781333,16,{"key":"t16","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781333,17,{"key":"t17","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781333,18,{"key":"t18","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781333,19,{"key":"t19","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 32, '[["task-finished",1795296781337,10,{"key":"t10","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 33, '[["task-finished",1795296781338,11,{"key":"t11","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 34, '[["task-finished",1795296781340,12,{"key":"t12","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 35, '[["task-finished",1795296781342,13,{"key":"t13","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 36, '[["task-finished",1795296781342,14,{"key":"t14","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 37, '[["task-finished",1795296781343,15,{"key":"t15","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 38, '[["task-finished",1795296781347,16,{"key":"t16","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 39, '[["task-finished",1795296781351,17,{"key":"t17","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 40, '[["task-finished",1795296781352,18,{"key":"t18","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 41, '[["task-finished",1795296781354,19,{"key":"t19","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 51, '[["task-started",1795296781359,20,{"key":"t20","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781359,21,{"key":"t21","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781359,22,{"key":"t22","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781359,23,{"key":"t23","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781359,24,{"key":"t24","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781359,25,{"key":"t25","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781359,26,{"key":"t26","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781359,27,{"key":"t27","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781359,28,{"key":"t28","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781359,29,{"key":"t29","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 52, '[["task-finished",1795296781366,20,{"key":"t20","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 53, '[["task-finished",1795296781375,21,{"key":"t21","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 54, '[["task-finished",1795296781379,22,{"key":"t22","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 55, '[["task-finished",1795296781382,23,{"key":"t23","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 56, '[["task-finished",1795296781387,24,{"key":"t24","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 57, '[["task-finished",1795296781391,25,{"key":"t25","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 58, '[["task-finished",1795296781394,26,{"key":"t26","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 59, '[["task-finished",1795296781399,27,{"key":"t27","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 60, '[["task-finished",1795296781403,28,{"key":"t28","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 61, '[["task-finished",1795296781405,29,{"key":"t29","state":"succeeded"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800drzwqb48ngzmw1vy70q7', 71, '[["task-started",1795296781407,30,{"key":"t30","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781407,31,{"key":"t31","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781407,32,{"key":"t32","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781407,33,{"key":"t33","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781407,34,{"key":"t34","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781407,35,{"key":"t35","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781407,36,{"key":"t36","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781407,37,{"key":"t37","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781407,38,{"key":"t38","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}],["task-started",1795296781407,39,{"key":"t39","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800ds330rcqefwkccmgbkma', 1, '[["goal-submitted",1795296781411,null,{"title":"ended","workflow":"ended","tasks":1}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800ds330rcqefwkccmgbkma', 2, '[["task-started",1795296781412,0,{"key":"a","attempt":1,"worker":"worker_01m800drxm2r7pcvv0cw8609ty"}]]');
INSERT INTO "event_pages" VALUES ('north', 'goal_01m800ds330rcqefwkccmgbkma', 4, '[["task-finished",1795296781415,0,{"key":"a","state":"succeeded"}],["goal-finished",1795296781415,null,{"state":"succeeded"}]]');
CREATE TABLE approvals (
  tenant_id TEXT NOT NULL,
  approval_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  task_no INTEGER NOT NULL,
  kind TEXT NOT NULL,
  question TEXT NOT NULL,
  context TEXT NOT NULL,
  state TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  expires_at INTEGER,
  decided_at INTEGER,
  decided_by TEXT,
  comment TEXT,
  answer TEXT,
  PRIMARY KEY (tenant_id, approval_id)
) WITHOUT ROWID;
INSERT INTO "approvals" VALUES ('north', 'appr_01m800drymnc8q35bj00ebdq0w', 'goal_01m800dryjmzb1jpp8z276hzge', 1, 'task', 'May it go on?', 'null', 'pending', 1795296781268, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE artifacts (
  tenant_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  task_no INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, goal_id, task_no, attempt, name)
) WITHOUT ROWID;
CREATE TABLE schedules (
  tenant_id TEXT NOT NULL,
  schedule_id TEXT NOT NULL,
  name TEXT NOT NULL,
  cron TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  catch_up TEXT NOT NULL,
  paused INTEGER NOT NULL,
  plan_hash TEXT NOT NULL,
  workflow TEXT NOT NULL,
  inputs TEXT NOT NULL,
  priority INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (tenant_id, schedule_id)
) WITHOUT ROWID;
CREATE TABLE workers (
  worker_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  labels TEXT NOT NULL,
  version TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  lease_until INTEGER NOT NULL
, process TEXT, running INTEGER) WITHOUT ROWID;
INSERT INTO "workers" VALUES ('worker_01m800drxm2r7pcvv0cw8609ty', 'recorder', '[]', '1', 1795296781236, 1795296811236, NULL, NULL);
CREATE TABLE lanes (lane TEXT PRIMARY KEY, clock REAL NOT NULL) WITHOUT ROWID;
INSERT INTO "lanes" VALUES ('default', 1287.0);
CREATE TABLE shares (
  tenant_id TEXT NOT NULL,
  lane TEXT NOT NULL,
  served REAL NOT NULL,
  PRIMARY KEY (tenant_id, lane)
) WITHOUT ROWID;
INSERT INTO "shares" VALUES ('north', 'default', 1189.0);
CREATE TABLE rates (
  scope TEXT PRIMARY KEY,
  tokens REAL NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE budgets (
  tenant_id TEXT NOT NULL,
  budget_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  subject TEXT NOT NULL,
  budget_window TEXT NOT NULL,
  limits TEXT NOT NULL,
  window_started_at INTEGER NOT NULL,
  spent_cost INTEGER NOT NULL,
  spent_tokens INTEGER NOT NULL,
  spent_calls INTEGER NOT NULL,
  reserved_cost INTEGER NOT NULL,
  reserved_tokens INTEGER NOT NULL,
  reserved_calls INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, budget_id)
) WITHOUT ROWID;
CREATE TABLE reservations (
  tenant_id TEXT NOT NULL,
  reservation_id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  state TEXT NOT NULL,
  key TEXT,
  goal TEXT,
  agent TEXT,
  amount TEXT NOT NULL,
  charged TEXT,
  budgets TEXT NOT NULL,
  known TEXT,
  reserved_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, reservation_id)
) WITHOUT ROWID;
CREATE TABLE model_keys (
  tenant_id TEXT NOT NULL,
  key_id TEXT NOT NULL,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  hash TEXT NOT NULL,
  strategy TEXT,
  data_class TEXT,
  created_by TEXT NOT NULL,
  models TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  PRIMARY KEY (tenant_id, key_id)
) WITHOUT ROWID;
CREATE TABLE model_calls (
  tenant_id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  key_id TEXT,
  goal_id TEXT,
  ended_at INTEGER NOT NULL,
  assumed INTEGER NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (tenant_id, call_id)
);
CREATE TABLE deployment_facts (
  deployment_id TEXT NOT NULL,
  fact TEXT NOT NULL,
  detail TEXT NOT NULL,
  learned_at INTEGER NOT NULL,
  PRIMARY KEY (deployment_id, fact)
) WITHOUT ROWID;
CREATE TABLE model_outcomes (
  tenant_id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  task_class TEXT NOT NULL,
  model TEXT NOT NULL,
  good INTEGER NOT NULL,
  at INTEGER NOT NULL,
  features TEXT,
  PRIMARY KEY (tenant_id, call_id)
);
CREATE TABLE learned_quality (
  tenant_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  trained_at INTEGER NOT NULL,
  outcomes INTEGER NOT NULL,
  learned TEXT NOT NULL,
  PRIMARY KEY (tenant_id)
);
CREATE TABLE outcome_counts (
  tenant_id TEXT NOT NULL,
  task_class TEXT NOT NULL,
  model TEXT NOT NULL,
  good INTEGER NOT NULL,
  bad INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, task_class, model)
) WITHOUT ROWID;
CREATE TABLE audit_logs (
  tenant_id TEXT NOT NULL,
  size INTEGER NOT NULL,
  edge TEXT NOT NULL,
  root TEXT NOT NULL,
  PRIMARY KEY (tenant_id)
) WITHOUT ROWID;
CREATE TABLE audit_entries (
  tenant_id TEXT NOT NULL,
  no INTEGER NOT NULL,
  act_id TEXT NOT NULL,
  who TEXT NOT NULL,
  subject TEXT NOT NULL,
  entry TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (tenant_id, no)
);
CREATE TABLE audit_nodes (
  tenant_id TEXT NOT NULL,
  level INTEGER NOT NULL,
  no INTEGER NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (tenant_id, level, no)
) WITHOUT ROWID;
CREATE TABLE audit_values (
  tenant_id TEXT NOT NULL,
  no INTEGER NOT NULL,
  field TEXT NOT NULL,
  subject TEXT NOT NULL,
  retention TEXT NOT NULL,
  salt TEXT NOT NULL,
  value TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, no, field)
) WITHOUT ROWID;
CREATE TABLE audit_checkpoints (
  tenant_id TEXT NOT NULL,
  size INTEGER NOT NULL,
  root TEXT NOT NULL,
  note TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, size)
) WITHOUT ROWID;
CREATE TABLE memory_tenants (
  tenant_id TEXT NOT NULL PRIMARY KEY,
  next_session INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE memory_scopes (
  tenant_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  memories INTEGER NOT NULL,
  length INTEGER NOT NULL,
  speakers TEXT NOT NULL,
  PRIMARY KEY (tenant_id, scope)
) WITHOUT ROWID;
CREATE TABLE memory_sessions (
  tenant_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  session_id TEXT NOT NULL,
  session INTEGER NOT NULL,
  next_position INTEGER NOT NULL,
  kept INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, scope, session_id)
) WITHOUT ROWID;
CREATE TABLE episodes (
  tenant_id TEXT NOT NULL,
  episode_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  session_id TEXT NOT NULL,
  speaker TEXT NOT NULL,
  role TEXT NOT NULL,
  text TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, episode_id)
);
CREATE TABLE memories (
  tenant_id TEXT NOT NULL,
  session INTEGER NOT NULL,
  position INTEGER NOT NULL,
  memory_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  state_reason TEXT,
  body TEXT NOT NULL,
  claim_key TEXT,
  session_id TEXT NOT NULL,
  speaker TEXT NOT NULL,
  role TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  supersedes TEXT,
  sensitivity TEXT NOT NULL,
  retention TEXT NOT NULL,
  claim TEXT,
  ends TEXT NOT NULL,
  provenance TEXT NOT NULL,
  confidence REAL NOT NULL,
  importance REAL NOT NULL,
  form INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER,
  recorded_at INTEGER NOT NULL,
  retracted_at INTEGER,
  expires_at INTEGER,
  last_used_at INTEGER,
  uses INTEGER NOT NULL,
  pinned INTEGER NOT NULL,
  legal_hold INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, session, position)
) WITHOUT ROWID;
CREATE TABLE memory_terms (
  tenant_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  term TEXT NOT NULL,
  session INTEGER NOT NULL,
  position INTEGER NOT NULL,
  count INTEGER NOT NULL,
  length INTEGER NOT NULL,
  role TEXT NOT NULL,
  ended INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, scope, term, session, position)
) WITHOUT ROWID;
CREATE TABLE memory_sketches (
  tenant_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  sketch INTEGER NOT NULL,
  session INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, scope, sketch, session, position)
) WITHOUT ROWID;
CREATE TABLE memory_sources (
  tenant_id TEXT NOT NULL,
  episode_id TEXT NOT NULL,
  memory_id TEXT NOT NULL,
  PRIMARY KEY (tenant_id, episode_id, memory_id)
) WITHOUT ROWID;
CREATE TABLE memory_holds (
  tenant_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  hold_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  placed_by TEXT NOT NULL,
  placed_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, scope, hold_id)
) WITHOUT ROWID;
CREATE TABLE memory_imports (
  tenant_id TEXT NOT NULL,
  import_id TEXT NOT NULL,
  source TEXT NOT NULL,
  scope TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  imported_at INTEGER NOT NULL,
  rolled_back_at INTEGER,
  files TEXT NOT NULL,
  sessions TEXT NOT NULL,
  added INTEGER NOT NULL,
  known INTEGER NOT NULL,
  kept_out INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, import_id)
) WITHOUT ROWID;
CREATE TABLE memory_vectors (
  tenant_id TEXT NOT NULL,
  session INTEGER NOT NULL,
  position INTEGER NOT NULL,
  model TEXT NOT NULL,
  scope TEXT NOT NULL,
  dimension INTEGER NOT NULL,
  vector BLOB NOT NULL,
  PRIMARY KEY (tenant_id, session, position, model)
);
CREATE TABLE erase_receipts (
  tenant_id TEXT NOT NULL,
  receipt_id TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  subject TEXT NOT NULL,
  erased_at INTEGER NOT NULL,
  memories INTEGER NOT NULL,
  episodes INTEGER NOT NULL,
  held INTEGER NOT NULL,
  canaries INTEGER,
  traces INTEGER,
  note TEXT,
  PRIMARY KEY (tenant_id, receipt_id)
) WITHOUT ROWID;
CREATE TABLE data_keys (
  tenant_id TEXT NOT NULL,
  no INTEGER NOT NULL,
  wrapped_by TEXT NOT NULL,
  wrapped TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, no)
) WITHOUT ROWID;
CREATE TABLE secrets (
  tenant_id TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  data_key INTEGER NOT NULL,
  sealed TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, name, version)
) WITHOUT ROWID;
CREATE TABLE identity_records (
  tenant_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  user_id TEXT,
  name TEXT,
  version INTEGER NOT NULL,
  expires_at INTEGER,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, kind, id)
) WITHOUT ROWID;
CREATE TABLE mailboxes (
  tenant_id TEXT NOT NULL,
  mailbox TEXT NOT NULL,
  last_no INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  open INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, mailbox)
) WITHOUT ROWID;
CREATE TABLE subscriptions (
  tenant_id TEXT NOT NULL,
  topic TEXT NOT NULL,
  mailbox TEXT NOT NULL,
  PRIMARY KEY (tenant_id, topic, mailbox)
) WITHOUT ROWID;
CREATE TABLE topics (
  tenant_id TEXT NOT NULL,
  topic TEXT NOT NULL,
  set_by TEXT NOT NULL,
  schema TEXT NOT NULL,
  set_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, topic)
) WITHOUT ROWID;
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
CREATE UNIQUE INDEX goals_by_key ON goals (tenant_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX goals_by_start ON goals (start_at) WHERE state = 'scheduled';
CREATE INDEX goals_by_deadline ON goals (deadline_at)
  WHERE deadline_at IS NOT NULL AND state IN ('scheduled', 'running', 'paused');
CREATE INDEX tasks_ready ON tasks (lane, priority, tenant_id, goal_id, no) WHERE state = 'ready';
CREATE INDEX tasks_running ON tasks (worker_id) WHERE state = 'running';
CREATE INDEX tasks_waking ON tasks (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX approvals_of_goal ON approvals (tenant_id, goal_id, approval_id);
CREATE INDEX approvals_pending ON approvals (tenant_id, approval_id) WHERE state = 'pending';
CREATE INDEX approvals_expiring ON approvals (expires_at) WHERE state = 'pending' AND expires_at IS NOT NULL;
CREATE INDEX schedules_due ON schedules (next_at) WHERE paused = 0;
CREATE UNIQUE INDEX budgets_of_subject ON budgets (tenant_id, scope, subject, budget_window);
CREATE INDEX reservations_held ON reservations (due_at) WHERE state = 'held';
CREATE INDEX reservations_ended ON reservations (due_at) WHERE state <> 'held';
CREATE UNIQUE INDEX model_keys_by_hash ON model_keys (hash);
CREATE INDEX model_calls_newest ON model_calls (tenant_id, ended_at, call_id);
CREATE INDEX model_calls_of_goal ON model_calls (tenant_id, goal_id, ended_at, call_id) WHERE goal_id IS NOT NULL;
CREATE INDEX model_calls_of_key ON model_calls (tenant_id, key_id, ended_at, call_id) WHERE key_id IS NOT NULL;
CREATE INDEX model_outcomes_newest ON model_outcomes (tenant_id, at) WHERE features IS NOT NULL;
CREATE UNIQUE INDEX audit_entries_by_act ON audit_entries (tenant_id, act_id);
CREATE INDEX audit_entries_of_who ON audit_entries (tenant_id, who, no);
CREATE INDEX audit_entries_on_subject ON audit_entries (tenant_id, subject, no);
CREATE INDEX audit_values_of_subject ON audit_values (tenant_id, subject);
CREATE INDEX audit_values_by_age ON audit_values (tenant_id, retention, at);
CREATE INDEX episodes_of_session ON episodes (tenant_id, scope, session_id);
CREATE UNIQUE INDEX memories_by_id ON memories (tenant_id, memory_id);
CREATE INDEX memories_of_scope ON memories (tenant_id, scope, memory_id);
CREATE INDEX memories_by_form ON memories (tenant_id, scope, form);
CREATE INDEX memories_by_claim ON memories (tenant_id, scope, claim_key) WHERE claim_key IS NOT NULL;
CREATE INDEX memories_by_time ON memories (tenant_id, scope, valid_from) WHERE position >= 0;
CREATE INDEX memories_expiring ON memories (tenant_id, expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX memory_vectors_of_scope ON memory_vectors (tenant_id, scope, model, dimension);
CREATE INDEX secrets_by_data_key ON secrets (tenant_id, data_key);
CREATE UNIQUE INDEX identity_records_by_name ON identity_records (tenant_id, kind, name) WHERE name IS NOT NULL;
CREATE INDEX identity_records_by_user ON identity_records (tenant_id, user_id, kind, id) WHERE user_id IS NOT NULL;
CREATE INDEX identity_records_by_end ON identity_records (tenant_id, expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX mailboxes_by_use ON mailboxes (tenant_id, used_at);
CREATE INDEX subscriptions_of_mailbox ON subscriptions (tenant_id, mailbox);
CREATE INDEX messages_open ON messages (tenant_id, mailbox, priority, no) WHERE open = 1;
CREATE INDEX messages_due ON messages (due_at, tenant_id, mailbox);
CREATE INDEX messages_by_time ON messages (tenant_id, sent_at, mailbox, message_id);
