/**
 * Entry of the one Node bundle: the `ohmba` command in the main thread, and whatever its worker threads are asked to
 * be (`workerData.role`), so that a single file is all that has to be shipped.
 */
import { isMainThread, workerData } from 'node:worker_threads';
import { runCli } from './run-cli';
import { processTerminal } from './terminal';
import { serveWorker } from './worker-roles';

if (isMainThread) process.exitCode = await runCli(process.argv.slice(2), processTerminal());
else await serveWorker((workerData as { role?: unknown } | null)?.role);
