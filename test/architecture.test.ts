/**
 * Who may import whom. Read the two tables: they are the rule. A file that needs more belongs elsewhere, or the rule is
 * to be changed here, in the open.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Folders of ours that a folder may import from (itself always); `types:` folders by `import type` only. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  'engine/base': [],
  'engine/api': ['engine/base'],
  'engine/ecs': ['engine/base', 'engine/api'],
  'engine/circuit': ['engine/base', 'engine/api'],
  'engine/tensor': ['engine/base', 'shaders'],
  'engine/model': ['engine/base', 'engine/tensor'],
  'engine/learn': ['engine/base', 'engine/api', 'engine/tensor', 'engine/model'],
  'engine/store': ['engine/base', 'engine/api', 'engine/tensor'],
  'engine/systems': [
    'engine/base',
    'engine/api',
    'engine/ecs',
    'engine/circuit',
    'engine/tensor',
    'engine/model',
    'engine/learn',
    'engine/store',
    'types:engine/loop',
  ],
  'engine/loop': ['engine/base', 'engine/api', 'engine/ecs', 'engine/circuit', 'engine/systems', 'engine/store'],
  'engine/cli': ['engine', 'plugins'],
  plugins: ['engine/api'],
  scenes: ['engine/api'],
};

/** Entries that join the parts for one platform may import more than their folder. */
const ENTRIES: Readonly<Record<string, readonly string[]>> = {
  'engine/loop/engine-worker.browser.ts': ['engine', 'plugins'],
};

/**
 * Who starts which worker by address. It is no import (nothing of the worker's code gets into the starter), and it is
 * the one way in which the page names a file of the engine outside of its API.
 */
const WORKERS: Readonly<Record<string, string>> = {
  'scenes/source/open-engine.ts': 'engine/loop/engine-worker.browser.ts',
  'engine/circuit/pool.browser.ts': 'engine/circuit/simulator-worker.browser.ts',
};

/** Packages, and the only places that may import them (a folder, or a suffix of file names with `*`). */
const PACKAGES: readonly (readonly [name: RegExp, ...places: string[]])[] = [
  [/^node:/, '*.node.ts', '*.node.mjs', 'engine/cli', 'engine/tensor/kernels/build.mjs'],
  [/^(worker_threads|fs|path|os|child_process)$/],
  [/^bitecs/, 'engine/ecs'],
  [/^mitt$/, 'engine/base'],
  [/^@tensorflow\//, 'engine/tensor', 'engine/api/analysis.ts'],
  [/^webgpu$/, '*.node.ts'],
  [/^libsql$/, '*.node.ts'],
  [/^@sqlite\.org\//, '*.browser.ts'],
  [/^hyparquet/, 'engine/store'],
  [/^eecircuit-engine/, 'engine/circuit'],
  [/^(ajv|jsonc-parser)$/, 'engine/circuit'],
  [/^pixi\.js/, 'scenes'],
  [/^uplot/, 'scenes'],
  [/^(vite|vitest|typescript|assemblyscript|playwright-core)/, 'engine/cli', 'engine/tensor/kernels/build.mjs'],
];

/** What a file outside `scenes` and `*.browser.ts` must not touch. */
const DOM = /(?<![.\w'"`])(document|window|localStorage|sessionStorage|HTMLElement|requestAnimationFrame)\s*[.([]/;

/** Randomness and time come in by argument. These are the edges that may read a clock. */
const HOST_CALLS = /\b(Math\.random|Date\.now|performance\.now|new Date)\b/;
const CLOCK_EDGES = ['engine/cli', 'engine/loop/host-clock.ts', '*.node.ts', '*.browser.ts'];

/**
 * Debts: `file -> import` pairs that break a rule above and are to be paid back. Keep it empty.
 */
const DEBTS: readonly string[] = [];

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

interface Import {
  readonly file: string;
  /** As written. */
  readonly specifier: string;
  /** From the repository's root, for one of ours. */
  readonly target: string | null;
  readonly typeOnly: boolean;
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'build' ? [] : filesUnder(path);
    return /\.(ts|mjs)$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

const STATEMENT = /(?:^|[\n;])\s*(import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"\n]+)['"]/g;
const WORKER_URL = /new Worker\(\s*new URL\(\s*['"]([^'"\n]+)['"]/g;
const DYNAMIC = /\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g;

function importsOf(file: string): Import[] {
  const text = withoutComments(readFileSync(join(root, file), 'utf8'));
  const found: [string, boolean][] = [
    ...[...text.matchAll(STATEMENT)].map((match): [string, boolean] => [
      match[3]!,
      match[2] !== undefined || /^[\s\n;]*import\s*\{\s*type\b(?!.*,(?!\s*type\b))/.test(match[0]),
    ]),
    ...[...text.matchAll(DYNAMIC)].map((match): [string, boolean] => [match[1]!, false]),
  ];
  return found.map(([specifier, typeOnly]) => ({
    file,
    specifier,
    target: specifier.startsWith('.') ? relative(root, resolve(root, dirname(file), specifier)).replaceAll('\\', '/') : null,
    typeOnly,
  }));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/[^\n]*/g, '$1');
}

/** The longest folder of the table that a path lies in. */
function folderOf(path: string): string | undefined {
  return Object.keys(FOLDERS)
    .filter((folder) => isIn(path, folder))
    .sort((a, b) => b.length - a.length)[0];
}

function isIn(path: string, place: string): boolean {
  if (place.startsWith('*')) return path.endsWith(place.slice(1));
  return path === place || path.startsWith(`${place}/`);
}

function breaks({ file, target, typeOnly }: Import): boolean {
  if (target === null) return false;
  const folder = folderOf(file);
  if (folder === undefined || isIn(target, folder)) return false;
  const allowed = [...FOLDERS[folder]!, ...(ENTRIES[file] ?? [])];
  return !allowed.some((place) => (place.startsWith('types:') ? typeOnly && isIn(target, place.slice(6)) : isIn(target, place)));
}

const files = ['engine', 'plugins', 'scenes'].flatMap(filesUnder);
const sources = files.filter((file) => !file.startsWith('engine/tensor/kernels/'));
const imports = files.flatMap(importsOf);

describe('architecture', () => {
  it('finds files and imports at all', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(imports.filter(({ target }) => target !== null).length).toBeGreaterThan(100);
    const seen = importsOf('engine/loop/build-run.ts');
    expect(seen.find(({ specifier }) => specifier === '../api')).toMatchObject({ target: 'engine/api', typeOnly: true });
    expect(seen.find(({ specifier }) => specifier === '../ecs')).toMatchObject({ target: 'engine/ecs', typeOnly: false });
  });

  it('would notice a broken rule', () => {
    const made = (file: string, target: string, typeOnly = false): Import => ({ file, target, typeOnly, specifier: target });
    expect(breaks(made('engine/base/x.ts', 'engine/api/y'))).toBe(true);
    expect(breaks(made('engine/circuit/x.ts', 'engine/tensor'))).toBe(true);
    expect(breaks(made('plugins/a/b/index.ts', 'engine/learn/m3'))).toBe(true);
    expect(breaks(made('scenes/x.ts', 'engine/api'))).toBe(false);
    expect(breaks(made('engine/systems/x.ts', 'engine/cli/y'))).toBe(true);
    expect(breaks(made('engine/systems/x.ts', 'engine/loop/y'))).toBe(true);
    expect(breaks(made('engine/systems/x.ts', 'engine/loop/y', true))).toBe(false);
  });

  it('every folder belongs to the table', () => {
    expect(sources.filter((file) => folderOf(file) === undefined)).toEqual([]);
  });

  it('folders import only what they may', () => {
    const broken = imports.filter(breaks).map(({ file, specifier }) => `${file} -> ${specifier}`);
    expect(broken.filter((debt) => !DEBTS.includes(debt))).toEqual([]);
  });

  it('a debt that is paid is struck off', () => {
    const all = imports.map(({ file, specifier }) => `${file} -> ${specifier}`);
    expect(DEBTS.filter((debt) => !all.includes(debt))).toEqual([]);
  });

  it('plugins do not import each other, unless they say so', () => {
    const pluginOf = (path: string) => /^plugins\/(?:(?:circuits|agents|schedules|simulators)\/)?[^/]+(?=\/)/.exec(path)?.[0];
    const broken = imports.filter(({ file, target }) => {
      if (target === null || !target.startsWith('plugins/')) return false;
      const [own, other] = [pluginOf(file), pluginOf(`${target}/`)];
      return own !== undefined && other !== own;
    });
    expect(broken.map(({ file, specifier }) => `${file} -> ${specifier}`)).toEqual([]);
  });

  it('workers are started only as the table says', () => {
    const started = sources.flatMap((file) =>
      [...withoutComments(readFileSync(join(root, file), 'utf8')).matchAll(WORKER_URL)].map((match): [string, string] => [
        file,
        relative(root, resolve(root, dirname(file), match[1]!)).replaceAll('\\', '/'),
      ]),
    );
    expect(Object.fromEntries(started)).toEqual(WORKERS);
  });

  it('packages are imported only where they belong', () => {
    const broken = imports.filter(({ file, specifier, target }) => {
      if (target !== null) return false;
      const rule = PACKAGES.find(([pattern]) => pattern.test(specifier));
      return rule !== undefined && !rule.slice(1).some((place) => isIn(file, place as string));
    });
    expect(broken.map(({ file, specifier }) => `${file} -> ${specifier}`)).toEqual([]);
  });

  it('the DOM is touched only by scenes and browser files', () => {
    const broken = sources.filter((file) => {
      if (isIn(file, 'scenes') || isIn(file, '*.browser.ts') || isIn(file, 'engine/cli')) return false;
      return DOM.test(withoutComments(readFileSync(join(root, file), 'utf8')));
    });
    expect(broken).toEqual([]);
  });

  it('nothing in the engine reads a clock or throws dice by itself', () => {
    const broken = sources.filter((file) => {
      if (isIn(file, 'scenes') || CLOCK_EDGES.some((edge) => isIn(file, edge))) return false;
      return HOST_CALLS.test(withoutComments(readFileSync(join(root, file), 'utf8')));
    });
    expect(broken).toEqual([]);
  });
});
