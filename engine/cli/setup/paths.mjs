/** Places in the repository that the set-up scripts share. Node built-ins only: they run before anything is installed. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
export const dist = join(root, 'dist');
export const bundle = join(dist, 'ohmba.mjs');
export const page = join(dist, 'page');
export const modules = join(root, 'node_modules');
