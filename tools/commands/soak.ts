// npm run soak [-- vitest's arguments]: the tests that take hours (*.soak.test.ts), under the same rules as npm test.

import { runTests } from '../run-tests.ts';

process.exitCode = await runTests(process.argv.slice(2), { CHORALE_SOAK: '1' });
