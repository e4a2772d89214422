/**
 * The engine's internals that simulators/eecircuit.ts leans on, and what the in-process simulator makes of good and bad
 * circuits. Fails if another version of eecircuit-engine is made differently.
 */
import { Simulation } from 'eecircuit-engine';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CircuitDefinition } from '../../engine/api';
import { createInProcessSimulator, exportNetlist } from '../../engine/circuit';
import { readRawFile } from '../../engine/circuit/deck/raw-file';
import { EngineDied, type SpiceEngine, startEngine } from '../../engine/circuit/simulators/eecircuit';
import { divider } from './divider';

describe('eecircuit-engine 1.8.0, inside', () => {
  it('has the members that the adapter uses', () => {
    const inside = new Simulation() as unknown as Record<string, unknown>;
    expect(Array.isArray(inside.commandList)).toBe(true);
    for (const member of ['setNetList', 'runSim', 'getInfo', 'getInput', '__getSpiceModuleForTests'])
      expect(inside[member], member).toBeTypeOf('function');
  });
});

describe('the adapter', () => {
  let engine: SpiceEngine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  const commands = (...list: string[]) => {
    const left = [...list];
    return () => left.shift() ?? null;
  };
  const DIVIDER = 'divider\nv1 a 0 3\nr1 a b 1k\nr2 b 0 2k\n.end';

  it('runs ngspice 45 and reads what it wrote', async () => {
    const log = await engine.run(DIVIDER, commands('op', 'write a.raw v(b)', 'version'));
    expect(log).toMatch(/ngspice-45/);
    expect(readRawFile(engine.readFile('a.raw')!, 'op')?.real['v(b)']?.[0]).toBeCloseTo(2, 9);
  });

  it('lets what comes next depend on results so far', async () => {
    engine.removeFile('b.raw');
    const asked: boolean[] = [];
    let step = 0;
    await engine.run(DIVIDER, () => {
      asked.push(engine.readFile('b.raw') !== null);
      return ['op', 'write b.raw v(b)', null][step++]!;
    });
    expect(asked).toEqual([false, false, true]);
  });

  it('ships the models', () => {
    const text = new TextDecoder().decode(engine.readFile('sm141064.ngspice')!);
    expect(text).toContain('.model  nmos_3p3.0  nmos');
  });

  it('leaves no global window and no silenced console behind', async () => {
    const print = console.error;
    await engine.run('bad\nm1 a b c d none\n.end', commands('op'));
    expect('window' in globalThis).toBe(false);
    expect(console.error).toBe(print);
  });

  it('ends where ngspice would wait for an answer for ever', async () => {
    const run = engine.run('undefined\nr1 a 0 {nothing}\nv1 a 0 1\n.end', commands('op'));
    await expect(run).rejects.toThrow(EngineDied);
  });
});

describe('the in-process simulator', () => {
  it('measures, and classes each kind of failure', async () => {
    const simulator = await createInProcessSimulator(() => 0);
    const evaluate = async (change: Partial<CircuitDefinition>, r = 2000) => {
      simulator.register({ ...divider, ...change });
      return simulator.evaluate({ circuitId: divider.id, parameters: Float64Array.of(r) });
    };
    expect(await evaluate({})).toMatchObject({ valid: true, failure: null });
    expect((await evaluate({})).measures[0]).toBeCloseTo(2, 6);
    const guard = { use: 'within', vector: 'v(b)', maximum: 1, otherwise: 'b is too high' } as const;
    expect(await evaluate({ analyses: [{ id: 'op', kind: 'op', save: ['v(b)'], guards: [guard] }] })).toMatchObject({
      valid: false,
      failure: 'invalid-operating-point',
      failureDetail: 'b is too high (v(b) = 2.000)',
    });
    expect(await evaluate({ plausible: { level: { maximum: 1 } } })).toMatchObject({ failure: 'out-of-range' });
    expect(await evaluate({ measures: { level: () => Number.NaN } })).toMatchObject({ failure: 'missing-measure' });
    const broken = () => {
      throw new Error('a bug of the plugin');
    };
    expect(await evaluate({ measures: { level: broken } })).toMatchObject({
      failure: 'missing-measure',
      failureDetail: 'the measure "level" threw: a bug of the plugin',
    });
    const twoSources = 'v1 a 0 3\nv2 a 0 2\nr1 a b 1k\nr2 b 0 {r}';
    expect(await evaluate({ netlist: twoSources })).toMatchObject({ valid: false, failure: 'no-convergence' });
    expect(await evaluate({ netlist: 'v1 a 0 3\nr1 a b 1k\nx1 b 0 nothing r={r}' })).toMatchObject({ failure: 'bad-netlist' });
    expect(
      await evaluate({ netlist: 'v1 a 0 3\nr1 a b 1k\nr2 b 0 r={r*nothing_1}'.replace('{r*nothing_1}', "'nothing'") }),
    ).toMatchObject({
      failure: 'bad-netlist',
    });
    // After an instance that died, a new one measures as before.
    expect((await evaluate({})).measures[0]).toBeCloseTo(2, 6);
    expect(simulator.statistics().replaced).toBe(1);
  });
});

describe('exportNetlist', () => {
  it('gives one self-contained file', async () => {
    const text = await exportNetlist(divider, Float64Array.of(2000));
    expect(text).toContain('r2 b 0 2000');
    expect(text).toContain('print level');
    expect(text).not.toMatch(/\{|\.include|\.lib/);
  });
});
