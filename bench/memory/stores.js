// A store of memory for one measurement, and short words for what is done with it.
import { join } from 'node:path';
import { openPostgresStores } from '@chorale/adapter-postgres';
import { openSqliteStores } from '@chorale/adapter-sqlite';
import { makeDatabase } from '../engine/own-database.js';
export const storeNames = ['sqlite', 'postgres'];
/** As it runs in a server: SQLite in its threads on a file, PostgreSQL in a database of its own. */
export async function openStore(name, context, label) {
    if (name === 'sqlite')
        return await openSqliteStores({ path: join(context.scratch, `${label}.db`) });
    const database = await makeDatabase();
    const { memory, close } = await openPostgresStores({ url: database.url });
    return {
        memory,
        close: async () => {
            await close();
            await database.drop();
        },
    };
}
const episodesAtOnce = 100;
/** Commands under way; the next are made while these are written. */
const commandsAtOnce = 8;
/** In their order: what follows in a session is sent after what came before. */
export async function recordAll(memory, tenantId, episodes) {
    const outcomes = [];
    for (let at = 0; at < episodes.length; at += episodesAtOnce * commandsAtOnce) {
        const commands = Array.from({ length: commandsAtOnce }, (_, index) => {
            const from = at + index * episodesAtOnce;
            return episodes.slice(from, from + episodesAtOnce);
        });
        const replies = await Promise.all(commands
            .filter(({ length }) => length > 0)
            .map((part) => memory.execute({ command: 'record-episodes', tenantId, episodes: part })));
        outcomes.push(...replies.flatMap(({ outcomes: these }) => these));
    }
    return outcomes;
}
//# sourceMappingURL=stores.js.map