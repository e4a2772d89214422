import { spawn } from 'node:child_process';
import { bundle, root } from '../../engine/cli/setup/paths.mjs';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs the real bundle as a person would, without a terminal and without stdin. */
export function runOhmba(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Promise<Ran> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [bundle, ...args], {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let error = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      out += part;
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      error += part;
    });
    child.on('error', failed);
    child.on('close', (code) => done({ code, out, error }));
  });
}

/** The last line of the output, as JSON. */
export function lastJson({ out }: Ran): Record<string, unknown> {
  return JSON.parse(out.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
}
