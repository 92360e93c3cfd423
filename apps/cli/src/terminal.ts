// Where the command writes, and what that place can show.
import type { WriteStream } from 'node:tty';

export interface Terminal {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** A person looks at it: tables are cut to fit, live views redraw. */
  readonly live: boolean;
  readonly coloured: boolean;
  /** Undefined where nothing needs to be cut. */
  readonly columns: () => number | undefined;
  readonly rows: () => number;
}

type Stream = Pick<WriteStream, 'write'> & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>>;

export function createTerminal(
  streams: { readonly out: Stream; readonly error: Stream },
  env: { readonly [name: string]: string | undefined },
): Terminal {
  const { out, error } = streams;
  const tty = out.isTTY === true && env['TERM'] !== 'dumb';
  const forced = (env['FORCE_COLOR'] ?? '') !== '' && env['FORCE_COLOR'] !== '0';
  return {
    out: (text) => void out.write(text),
    error: (text) => void error.write(text),
    live: tty,
    coloured: (env['NO_COLOR'] ?? '') === '' && (tty || forced),
    columns: () => (tty ? (out.columns ?? 80) : undefined),
    rows: () => out.rows ?? 24,
  };
}
