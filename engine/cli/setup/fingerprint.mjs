import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

/**
 * A digest of path, size and modification time of everything under `places` (files or folders, relative to the
 * repository), without reading contents: some hundred stat calls, a few milliseconds. `skip` names folders left out.
 */
export function fingerprint(places, skip = []) {
  const hash = createHash('sha256');
  const left = new Set(skip.map((path) => join(root, path)));
  const visit = (path) => {
    if (left.has(path)) return;
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return;
    if (!stat.isDirectory()) {
      hash.update(`${path.slice(root.length)}\n${stat.size}\n${stat.mtimeMs}\n`);
      return;
    }
    for (const name of readdirSync(path).sort()) visit(join(path, name));
  };
  for (const place of places) visit(join(root, place));
  return hash.digest('hex');
}
