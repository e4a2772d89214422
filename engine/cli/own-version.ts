import { readFileSync } from 'node:fs';
import { findUpwards } from './run-program';

/** Of this package; a bundle that was taken out of it knows none. */
export function ownVersion(): string {
  const file = findUpwards('package.json');
  return file === null ? 'unknown' : (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
