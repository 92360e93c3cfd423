// `database`: backups of the embedded database, and what is said after a restore, before any process is started on it.
import { backUpSqlite, markSqliteRestored, restoreSqlite, type Restored } from '@chorale/adapter-sqlite';
import { refused } from '@chorale/lib-errors';
import type { EffectiveConfig } from './config/load-config.ts';
import { placeOf } from './platform/open-store.ts';
import { openServiceLinks } from './platform/service-tls.ts';

/** Gives what is to be printed. @throws refused `command-unknown`, `database-not-embedded`, and as opening the database does. */
export async function runDatabaseCommand(
  [verb, ...args]: readonly string[],
  load: (flags: readonly string[]) => EffectiveConfig,
): Promise<string> {
  const named = args[0]?.startsWith('-') === false ? args[0] : undefined;
  if (!['backup', 'restore', 'restored'].includes(verb ?? '') || (verb === 'restored') !== (named === undefined))
    throw refused('command-unknown', 'Say: database backup FILE, database restore FILE, or database restored.');
  const config = load(named === undefined ? args : args.slice(1)).values;
  const warn = (): void => undefined;
  const place = placeOf({ config, env: process.env, links: openServiceLinks(config.services, { warn }) });
  const options = { reason: `database ${verb}`, now: Date.now() };
  if (verb === 'restored') {
    if ('path' in place) return sayRestored(markSqliteRestored(place.path, options));
    const { markPostgresRestored } = await import('@chorale/adapter-postgres');
    return sayRestored(await markPostgresRestored(place, options));
  }
  if (!('path' in place))
    throw refused('database-not-embedded', 'PostgreSQL is kept and put back by its own tools.', {
      action:
        'Use pg_basebackup with an archive of the log, pgBackRest or the like; after a restore: database restored.',
    });
  const file = named!;
  if (verb === 'restore') return sayRestored(await restoreSqlite(file, place.path, options));
  backUpSqlite(place.path, file);
  return `kept in ${file}\n`;
}

function sayRestored({ no, goals, kept }: Restored): string {
  const before = kept === undefined ? '' : `what was there is kept in ${kept}\n`;
  const said = `restore ${no} of this database; ${goals} goals were open\n${before}`;
  if (goals === 0) return said;
  return `${said}What they did after that moment is not on record: calls that cannot be repeated will be asked about.
Start the server, then: chorale reconcile list\n`;
}
