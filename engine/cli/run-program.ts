import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Standard output of a program that ends well within `timeout` ms; null otherwise, or where there is no such program. */
export function programOutput(program: string, args: readonly string[], timeout = 15_000): Promise<string | null> {
  return new Promise((done) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], timeout });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    child.on('error', () => done(null));
    child.on('close', (code) => done(code === 0 ? text : null));
  });
}

/** A file of the repository, seen from the bundle or from the source; null where it is not there. */
export function findUpwards(path: string): string | null {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const file = join(folder, path);
    if (existsSync(file)) return file;
    if (dirname(folder) === folder) return null;
  }
}
