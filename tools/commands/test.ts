// npm test [-- vitest's arguments]: finds or starts what the tests need, builds the page, runs every test but the soaks.

import { runTests } from '../run-tests.ts';

process.exitCode = await runTests(process.argv.slice(2));
