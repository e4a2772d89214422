import type { Plugin } from '../engine/api';

/**
 * Every built-in plugin: each folder here with an `index.ts` whose default export is a plugin. They come through the
 * same door as anybody's. Sorted by path, so that the order does not depend on a file system. The folders to copy from
 * are left out.
 */
const modules = import.meta.glob<Plugin>(['./*/*/index.ts', './*/index.ts', '!./example-circuit/**', '!./example-files/**'], {
  import: 'default',
  eager: true,
});

export const builtInPlugins: readonly Plugin[] = Object.keys(modules)
  .sort()
  .map((path) => modules[path]!);
