import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:7717';

export default defineConfig({
  plugins: [react()],
  // Workspace packages are built from their sources, like everywhere else in this repository.
  resolve: { conditions: ['chorale-source', 'module', 'browser', 'development|production'] },
  server: {
    // Server-sent events pass through the proxy unbuffered.
    proxy: { '/v1': { target: server } },
  },
  build: {
    // Browsers that know light-dark(), :has() and <dialog>: one stylesheet for both themes.
    target: ['chrome123', 'firefox121', 'safari17.5'],
    // The page is served under a policy without inline scripts or styles, so nothing may be inlined as data either.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Read by the test that holds the size budget.
    manifest: true,
  },
});
