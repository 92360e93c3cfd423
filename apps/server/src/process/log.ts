// What the process says of itself: one line per entry, JSON for programs, aligned text where a person watches.

import { ChoraleError, toErrorRecord } from '@chorale/lib-errors';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = { readonly [name: string]: unknown };

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log, with these fields in every entry. */
  with(fields: LogFields): Log;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: 'json' | 'text';
  readonly now: () => number;
  readonly write: (line: string) => void;
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export function openLog(options: LogOptions, always: LogFields = {}): Log {
  const lowest = levels.indexOf(options.level);
  const format = options.format === 'json' ? formatJson : formatText;
  const writeAt =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (levels.indexOf(level) < lowest) return;
      options.write(format({ level, message, at: options.now(), fields: { ...always, ...fields } }));
    };
  return {
    debug: writeAt('debug'),
    info: writeAt('info'),
    warn: writeAt('warn'),
    error: writeAt('error'),
    with: (fields) => openLog(options, { ...always, ...fields }),
  };
}

interface Entry {
  readonly level: LogLevel;
  readonly message: string;
  readonly at: number;
  readonly fields: LogFields;
}

function formatJson({ level, message, at, fields }: Entry): string {
  return `${JSON.stringify({ at: new Date(at).toISOString(), level, message, ...fields }, replaceError)}\n`;
}

function formatText({ level, message, at, fields }: Entry): string {
  const time = new Date(at).toTimeString().slice(0, 8);
  const parts = Object.entries(fields).map(([name, value]) => `${name}=${textOf(value)}`);
  return `${[time, level.padEnd(5), message, ...parts].join(' ').replaceAll('\n', '\\n')}\n`;
}

function textOf(value: unknown): string {
  if (value instanceof Error) {
    const { code, message, action } = toErrorRecord(value);
    return `[${code}] ${message}${action === undefined ? '' : ` (${action})`}${traceOf(value) ?? ''}`;
  }
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return typeof value === 'string' && /[\s"=]/.test(text) ? JSON.stringify(text) : text;
}

/** A defect is worth its stack; a refusal or an outage says all in its message. */
function traceOf(error: Error): string | undefined {
  return error instanceof ChoraleError && error.family !== 'broken' ? undefined : ` ${error.stack ?? ''}`;
}

function replaceError(_name: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { cause } = value;
  return { ...toErrorRecord(value), stack: traceOf(value), ...(cause === undefined ? {} : { cause }) };
}
