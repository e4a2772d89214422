import { expect, it } from 'vitest';
import { compareCurves, describeCurves } from '../../engine/cli/bench/curves';
import { ReferenceExecutor } from '../../engine/tensor';
import { createWasmExecutor } from '../../engine/tensor/wasm/executor';
import { toyCircuits, toyHyper } from '../learn/toy-run';

it('two executors draw the same numbers: their curves stay together, and how far apart they are is said', async () => {
  const executors = [new ReferenceExecutor(), await createWasmExecutor({ threads: 1 })] as const;
  const hyper = { ...toyHyper, width: 8 };
  const found = await compareCurves(executors, toyCircuits, hyper, 12);
  expect(found.map(({ updates }) => updates)).toEqual([1, 10, 12]);
  for (const { weights, statistics } of found) {
    expect(weights).toBeLessThan(1e-3);
    for (const [one, other] of Object.values(statistics)) expect(Math.abs(one - other)).toBeLessThan(1e-3 * (1 + Math.abs(one)));
  }
  // They are not the same numbers by being the same executor.
  expect(found[0]!.weights).toBeGreaterThan(0);
  expect(describeCurves(['reference', 'wasm'], found)).toMatch(/^reference \| wasm[\s\S]*criticLoss/);
  expect(found[0]!.simulator).toBeGreaterThan(0);
  for (const { simulator, predictions } of found) expect(Math.max(simulator, predictions)).toBeLessThan(1e-4);
  for (const executor of executors) executor.dispose();
});

it('one executor draws the same curve twice, to the bit', async () => {
  const executors = [await createWasmExecutor({ threads: 2 }), await createWasmExecutor({ threads: 1 })] as const;
  for (const { largest, simulator, predictions } of await compareCurves(executors, toyCircuits, toyHyper, 12))
    expect([largest, simulator, predictions]).toEqual([0, 0, 0]);
  for (const executor of executors) executor.dispose();
});
