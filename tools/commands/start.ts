// npm start [-- command and settings of the server]: builds what must be built, sees to the sandbox, and becomes the
// server. Without a command it reviews the repository it stands in, or --repo.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildWeb } from '../build-web.ts';
import { root } from '../process/root.ts';
import { findStarters } from '../process/starters.ts';
import { findBubblewrap } from '../services/bubblewrap.ts';

try {
  await buildWeb();
} catch (error) {
  console.error(`chorale: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
try {
  await findBubblewrap();
} catch (error) {
  // Not the end: the server has a second way to make sandboxes, and says itself when it has none.
  console.error(`chorale: ${error instanceof Error ? error.message : String(error)}`);
}
if (process.argv[2] === undefined || process.argv[2].startsWith('-')) process.argv.splice(2, 0, 'review');
process.env.CHORALE_STARTED_BY = findStarters().join(',');
// In this process, so that a signal sent to it reaches the server and nothing is left behind.
const [folder, file] = process.execArgv.includes('--conditions=chorale-source')
  ? ['src', 'main.ts']
  : ['dist', 'main.js'];
await import(pathToFileURL(join(root, 'apps', 'server', folder, file)).href);
