import { defineConfig } from 'vitest/config';

// Workspace packages answer the `chorale-source` condition with their TypeScript, so tests run what is being edited, unbuilt.
const conditions = ['chorale-source', 'module', 'node', 'development|production'];

const all = '{libs,modules,adapters,apps,catalog,tests,tools,bench}/**/*';
const soak = process.env.CHORALE_SOAK === '1';
const hourMs = 3_600_000;

export default defineConfig({
  resolve: { conditions },
  // Without `module`: some packages answer it with files that only a bundler can read.
  ssr: {
    resolve: {
      conditions: conditions.filter((condition) => condition !== 'module'),
      externalConditions: ['chorale-source', 'node'],
    },
  },
  test: {
    include: soak ? [`${all}.soak.test.ts`] : [`${all}.test.{ts,tsx}`],
    exclude: ['**/node_modules/**', '**/dist/**', ...(soak ? [] : ['**/*.soak.test.ts'])],
    // Two, whatever the machine has: the tests of services and sandboxes measure time, and share one database server.
    maxWorkers: 2,
    testTimeout: soak ? 12 * hourMs : 30_000,
    hookTimeout: 60_000,
    allowOnly: false,
    passWithNoTests: false,
  },
});
