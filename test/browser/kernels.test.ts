/** Every kernel in a browser: its WGSL compiler clamps indices and is stricter than Dawn's in Node as we use it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve } from '../../engine/cli/setup/serve.mjs';
import { cases } from '../kernels/webgpu-cases';
import { browserPath, launchBrowser } from './harness';
import type { KernelsReport } from './kernels-worker';

describe.skipIf(!browserPath)('kernels in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ohmba-kernels-'));
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  let server: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    await build({
      configFile: false,
      logLevel: 'warn',
      publicDir: false,
      build: {
        outDir: folder,
        emptyOutDir: true,
        target: 'es2022',
        lib: { entry: join(import.meta.dirname, 'kernels-worker.ts'), formats: ['es'], fileName: () => 'worker.js' },
      },
    });
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>kernels</title>');
    server = await serve(folder);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('compute in a worker what the reference does', { timeout: 120_000 }, async () => {
    const page = await browser.newPage();
    await page.goto(server.url);
    const report: KernelsReport = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const worker = new Worker('worker.js', { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => resolve({ failed: message });
        }),
    );
    if ('failed' in report) throw new Error(report.failed);
    expect(report.worst).toHaveLength(Object.keys(cases).length);
    expect(report.worst.filter(({ error }) => !(error < 2e-5))).toEqual([]);
  });
});
