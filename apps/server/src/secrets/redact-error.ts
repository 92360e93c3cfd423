// What goes wrong may say what it went wrong with.
import { inspect } from 'node:util';
import { fromErrorRecord, toErrorRecord } from '@chorale/lib-errors';
import type { Redactor } from '@chorale/module-access';

/** The same error where it holds no secret; else what it says without it, and without stack and cause. */
export function redactError(error: unknown, redactor: Redactor): unknown {
  const record = toErrorRecord(error);
  const text = `${JSON.stringify(record)}\n${inspect(error)}`;
  return redactor.redact(text) === text ? error : fromErrorRecord(redactor.redactJson(record));
}
