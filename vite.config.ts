import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Cross-origin isolation: without it a page has no shared memory. `engine/cli/setup/serve.mjs` sends the same. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** `*.node.ts` has no place in a page: what is imported on demand there is empty here. Tests are not built. */
const browserOnly = (): Plugin => ({
  name: 'ohmba:browser-only',
  apply: 'build',
  enforce: 'pre',
  resolveId: (source) => (/^\..*\.node$/.test(source) ? NODE_ONLY : null),
  load: (id) => (id === NODE_ONLY ? 'export {};' : null),
});
const NODE_ONLY = '\0node-only';

/** The simulator's 20 MB take seconds, always: nothing to be told at each build. */
const rolldownOptions = { checks: { pluginTimings: false } };

export default defineConfig({
  root: 'scenes',
  server: { host: '127.0.0.1', headers: isolation },
  preview: { host: '127.0.0.1', headers: isolation },
  plugins: [browserOnly()],
  worker: { format: 'es', plugins: () => [browserOnly()], rolldownOptions },
  build: { outDir: '../dist/page', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 25_000, rolldownOptions },
  test: {
    root: '.',
    include: ['test/**/*.test.ts', 'plugins/**/*.test.ts'],
    globalSetup: ['test/build-once.ts'],
    // For what hangs. How fast a machine is, and what else it has to do, is no test's business.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What a page writes on its beat, a busy machine writes late.
    expect: { poll: { timeout: 15_000, interval: 100 } },
  },
});
