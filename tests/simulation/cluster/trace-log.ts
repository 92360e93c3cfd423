import { toErrorRecord } from '@chorale/lib-errors';
import type { Log, LogFields } from '../../../apps/server/src/process/log.ts';
import type { SimProcess } from './sim-process.ts';

/** Warnings and errors of a process stand in the trace, where they explain what it does next. */
export function traceLog(process: SimProcess): Log {
  const write = (message: string, fields: LogFields = {}): void => {
    const { error } = fields;
    process.world.trace.add(
      process.name,
      `says: ${message}${error === undefined ? '' : `: ${toErrorRecord(error).code}`}`,
    );
  };
  const log: Log = { debug: () => {}, info: () => {}, warn: write, error: write, with: () => log };
  return log;
}
