// npm run build: the page and the server as JavaScript. `npm start` runs what was built for as long as no source is newer.

import { buildServer } from '../build-server.ts';
import { buildWeb } from '../build-web.ts';

try {
  await buildWeb();
  await buildServer();
  console.error('chorale: built; npm start runs it');
} catch (error) {
  console.error(`chorale: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
