import { describe, expect, it } from 'vitest';
import type { App, Plugin } from '../../engine/api';
import { buildPlugins } from '../../engine/loop';
import { testCircuit } from './fixtures';

const nothing = () => {};
const plugin = (id: string, change: Partial<Plugin> = {}): Plugin => ({ id, build: nothing, ...change });
const reasonOf = async (plugins: readonly Plugin[], id: string) =>
  (await buildPlugins(plugins)).reports.find((report) => report.id === id && report.state === 'failed')?.reason;

describe('the plugin host', () => {
  it('builds what is required first, whatever the order', async () => {
    const built: string[] = [];
    const build = (id: string) => ({ build: () => void built.push(id) });
    await buildPlugins([
      plugin('c', { requires: ['b', 'a'], ...build('c') }),
      plugin('b', { requires: ['a'], ...build('b') }),
      plugin('a', build('a')),
    ]);
    expect(built).toEqual(['a', 'b', 'c']);
  });

  it('names the plugin, what was expected and what to do, and builds all others', async () => {
    const cases: [string, Plugin[], RegExp][] = [
      [
        'missing',
        [plugin('missing', { requires: ['ghost'] })],
        /^plugin "missing": it requires "ghost", which is not there; expected .*; add it/,
      ],
      [
        'x',
        [plugin('x', { requires: ['y'] }), plugin('y', { requires: ['x'] })],
        /^plugin "x": "x" and "y" require each other in a circle; expected/,
      ],
      ['self', [plugin('self', { requires: ['self'] })], /circle/],
      [
        'twin',
        [plugin('twin'), plugin('twin')],
        /^plugin "twin": its id is taken by another plugin; expected an id of its own; rename/,
      ],
      ['thrower', [plugin('thrower', { build: () => Promise.reject(new Error('two\nlines')) })], /^plugin "thrower": two lines$/],
      [
        'dependent',
        [
          plugin('thrower', {
            build: () => {
              throw new Error('x');
            },
          }),
          plugin('dependent', { requires: ['thrower'] }),
        ],
        /requires "thrower", which failed; .*; repair "thrower" first/,
      ],
      ['shapeless', [{ id: 'shapeless' } as unknown as Plugin], /no build function; expected/],
      [
        'phase',
        [plugin('phase', { build: (app) => app.addSystem({ id: 's', phase: 'nap' as never, run: nothing }) })],
        /the phase "nap"; expected one of schedule, act/,
      ],
    ];
    for (const [id, plugins, message] of cases) {
      const good = plugin('good', { build: (app) => app.addCircuit(testCircuit('good')) });
      const registries = await buildPlugins([...plugins, good]);
      expect(registries.reports.find((report) => report.id === id && report.state === 'failed')?.reason, id).toMatch(message);
      expect([...registries.circuits.keys()], id).toEqual(['good']);
    }
  });

  it('refuses an invalid circuit by name', async () => {
    const circuit = testCircuit('bad');
    const bad = { ...circuit, parameters: circuit.parameters.map((p) => ({ ...p, initial: 1e9 })) };
    expect(await reasonOf([plugin('p', { build: (app) => app.addCircuit(bad) })], 'p')).toMatch(
      /^plugin "p": circuit "bad": .*; expected .*; /,
    );
  });

  it('leaves nothing of a plugin that fails half-way', async () => {
    const half = plugin('half', {
      build(app: App) {
        app.addCircuit(testCircuit('kept?'));
        throw new Error('half-way');
      },
    });
    expect((await buildPlugins([half])).circuits.size).toBe(0);
  });

  it('tells whose id it is that is taken', async () => {
    const a = plugin('a', { build: (app) => app.addCircuit(testCircuit('same')) });
    const b = plugin('b', { build: (app) => app.addCircuit(testCircuit('same')) });
    expect(await reasonOf([a, b], 'b')).toMatch(/the id "same" is taken among the circuits \(by plugin "a"\)/);
    const { reports } = await buildPlugins([a]);
    expect(reports[0]).toMatchObject({ state: 'ready', reason: '', brings: ['circuit same'] });
  });
});
