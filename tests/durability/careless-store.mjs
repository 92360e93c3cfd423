// Loaded before a store to break it, so that the trials can be seen to find a store that acknowledges too early.
// CHORALE_TRIAL_FAULT says how.

import { DatabaseSync } from 'node:sqlite';

/** @type {Readonly<Record<string, (sql: string, database: DatabaseSync) => string>>} */
const faults = {
  'synchronous=OFF': (sql) => sql.replace('synchronous = FULL', 'synchronous = OFF'),
  'synchronous=NORMAL': (sql) => sql.replace('synchronous = FULL', 'synchronous = NORMAL'),
  'late commit': commitLate,
};

const lateByMax = 20;
let lateBy = 0;
let isMigrating = false;

/**
 * Commits many transactions as one, long after they were acknowledged.
 *
 * @param {string} sql
 * @param {DatabaseSync} database
 */
function commitLate(sql, database) {
  if (sql === 'BEGIN IMMEDIATE') return database.isTransaction ? '' : sql;
  if (sql.startsWith('PRAGMA user_version')) isMigrating = true;
  if (sql !== 'COMMIT') return sql;
  lateBy += 1;
  if (lateBy < lateByMax && !isMigrating) return '';
  lateBy = 0;
  isMigrating = false;
  return sql;
}

const fault = faults[process.env.CHORALE_TRIAL_FAULT ?? ''];
if (fault === undefined) throw new Error(`CHORALE_TRIAL_FAULT names none of ${Object.keys(faults).join(', ')}`);
const { exec } = DatabaseSync.prototype;

/**
 * @this {DatabaseSync}
 * @param {string} sql
 */
DatabaseSync.prototype.exec = function (sql) {
  return exec.call(this, fault(sql, this));
};
