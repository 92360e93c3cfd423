// What every command works with: the server, the terminal, and the options they share.
import { type ChoraleClient, createClient, type Fetch } from '@chorale/lib-client';
import type { Command } from 'commander';
import { findKey } from './find-key.ts';
import { openSavedKeys } from './saved-keys.ts';
import { createPaint, type Paint } from './style.ts';
import { type Column, formatFields, formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export const defaultServer = 'http://127.0.0.1:7717';

/** What the program was started with. Tests start it with their own. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly env: { readonly [name: string]: string | undefined };
  readonly now: () => number;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly readText: (path: string) => Promise<string>;
}

export interface CommonOptions {
  readonly server?: string;
  readonly keyFile?: string;
  readonly json?: boolean;
  readonly color?: boolean;
  /** Of commands about what belongs to one. */
  readonly project?: string;
}

export interface Session extends Surroundings {
  readonly client: ChoraleClient;
  /** Under which the client asks; for programs that ask the server themselves. */
  readonly key: () => Promise<string | undefined>;
  readonly json: boolean;
  /** The project that was named; without one the server chooses, or all are meant. */
  readonly ofProject: { readonly projectId?: string };
  readonly paint: Paint;
  readonly print: (text: string) => void;
  /** One JSON document; on one line in streams. */
  readonly printJson: (value: unknown, form?: 'line') => void;
  readonly printTable: <Row>(rows: readonly Row[], columns: readonly Column<Row>[], nothing: string) => void;
  readonly printFields: (fields: readonly (readonly [string, string | undefined])[]) => void;
}

export function createSession(surroundings: Surroundings, options: CommonOptions): Session {
  const { terminal, env } = surroundings;
  const server = readServer(options.server ?? env['CHORALE_SERVER'] ?? defaultServer);
  const key = () => findKey({ ...surroundings, server, keyFile: options.keyFile, savedKey: openSavedKeys(env).find });
  const projectId = options.project ?? env['CHORALE_PROJECT'];
  const paint = createPaint(terminal.coloured && options.color !== false);
  return {
    ...surroundings,
    client: createClient({ baseUrl: server, key, fetch: interruptible(surroundings.signal) }),
    key,
    json: options.json === true,
    ofProject: projectId === undefined || projectId === '' ? {} : { projectId },
    paint,
    print: terminal.out,
    printJson: (value, form) => terminal.out(`${JSON.stringify(value, undefined, form === 'line' ? undefined : 2)}\n`),
    printTable: (rows, columns, nothing) => {
      if (rows.length === 0) terminal.error(`${nothing}\n`);
      else terminal.out(formatTable(rows, columns, { width: terminal.columns(), paint }));
    },
    printFields: (fields) => terminal.out(formatFields(fields, paint)),
  };
}

/** Ctrl-C ends whatever call is under way. */
function interruptible(signal: AbortSignal): Fetch {
  return (input, init) => {
    const signals = init.signal instanceof AbortSignal ? [signal, init.signal] : [signal];
    return fetch(input, { ...init, signal: AbortSignal.any(signals) });
  };
}

function readServer(text: string): string {
  const url = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (URL.canParse(url)) return url.replace(/\/+$/, '');
  throw new UsageError(`--server ${text} is no address; write it like ${defaultServer}`);
}

/** The options that every command takes, wherever they are typed. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--server <url>', `address of the server (CHORALE_SERVER; default ${defaultServer})`)
    .option(
      '--key-file <file>',
      'the key to ask under (or the key itself in CHORALE_KEY; on the machine of the server it is found)',
    )
    .option('--json', 'print JSON')
    .option('--no-color', 'print without colours (NO_COLOR)');
}
