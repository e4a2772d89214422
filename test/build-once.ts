import { build } from '../engine/cli/setup/build.mjs';

/**
 * Kernels and the Node bundle, once before all tests. A build that fails fails the tests that need it, not all others.
 */
export default async function setup(): Promise<void> {
  try {
    await build(['node']);
  } catch (error) {
    console.error(`build: ${error instanceof Error ? error.message : error}`);
  }
}
