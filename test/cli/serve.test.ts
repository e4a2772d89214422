import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StaticServer, serve } from '../../engine/cli/setup/serve.mjs';

let base = '';
let server: StaticServer;

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'ohmba-serve-'));
  mkdirSync(join(base, 'page', 'assets'), { recursive: true });
  writeFileSync(join(base, 'secret.txt'), 'secret');
  writeFileSync(join(base, 'page', 'index.html'), '<!doctype html>');
  writeFileSync(join(base, 'page', 'assets', 'engine-1a2b.wasm'), 'x');
  server = await serve(join(base, 'page'));
});

afterAll(async () => {
  await server.close();
  rmSync(base, { recursive: true, force: true });
});

/** The path as it is, which `fetch` would tidy up. */
function raw(path: string, method = 'GET'): Promise<number | undefined> {
  const { port } = new URL(server.url);
  return new Promise((done, failed) => {
    request({ host: '127.0.0.1', port, path, method }, (response) => {
      response.resume();
      done(response.statusCode);
    })
      .on('error', failed)
      .end();
  });
}

test('the page is cross-origin isolated and typed', async () => {
  const page = await fetch(server.url);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(page.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  const wasm = await fetch(`${server.url}assets/engine-1a2b.wasm`);
  expect(wasm.headers.get('content-type')).toBe('application/wasm');
  expect(wasm.headers.get('cache-control')).toContain('immutable');
});

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/../../secret.txt',
  '/missing',
  '/%00',
  '/assets',
])('%s is not found', async (path) => expect(await raw(path)).toBe(404));

test('only reading is allowed', async () => expect(await raw('/', 'POST')).toBe(405));

test('a port that is taken gives way to another', async () => {
  const second = await serve(join(base, 'page'), Number(new URL(server.url).port));
  expect(second.url).not.toBe(server.url);
  expect((await fetch(second.url)).status).toBe(200);
  await second.close();
});

test('npm start explains itself, and refuses what it does not know', () => {
  const start = (...args: string[]) => spawnSync(process.execPath, ['engine/cli/setup/start.mjs', ...args], { encoding: 'utf8' });
  expect(start('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--port N') });
  expect(start('--prot', '1')).toMatchObject({ status: 1, stderr: expect.stringContaining('expected --port N or --help') });
  expect(start('--port', '70000')).toMatchObject({ status: 1, stderr: expect.stringContaining('--port is "70000"') });
});
