import type { Terminal } from './command';

/** The process' own terminal. The first Ctrl+C asks a command to finish, the second ends the process. */
export function processTerminal(): Terminal {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // A reader that closes the pipe (`| head`) is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return {
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    live: process.stderr.isTTY === true && process.env.CI === undefined && process.env.TERM !== 'dumb',
    get columns() {
      return process.stderr.columns || 80;
    },
    interrupted: controller.signal,
    now: () => performance.now(),
  };
}
