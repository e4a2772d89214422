import { describe, expect, it } from 'vitest';
import { openAnalysis } from '../../engine/learn/analysis';
import { type Executor, ReferenceExecutor, VariableGroup } from '../../engine/tensor';
import { symmetricEigen } from '../../plugins/agents/cma-es/eigen';
import { hasDevice, testExecutor } from '../kernels/webgpu-device';
import { stream } from '../tensor/support';

/** Rows that spread differently along directions of no particular kind, as explored sizings do. */
function spreadRows(count: number, columns: number): Float32Array {
  const random = stream(7);
  const mix = random.values(columns * columns);
  const rows = Array.from({ length: count }, () => {
    const hidden = random.values(columns).map((value, i) => value / (i + 1));
    return Array.from(
      { length: columns },
      (_, j) => 0.5 + 0.2 * hidden.reduce((sum, h, i) => sum + h * mix[i * columns + j]!, 0),
    );
  });
  return Float32Array.from(rows.flat());
}

/** The same in float64 by Jacobi rotations. */
function plainComponents(rows: Float32Array, columns: number, count: number) {
  const n = rows.length / columns;
  const mean = Float64Array.from({ length: columns }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += rows[i * columns + j]!;
    return sum / n;
  });
  const at = (i: number, j: number) => rows[i * columns + j]! - mean[j]!;
  const covariance = new Float64Array(columns * columns);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < columns; j++) for (let k = 0; k < columns; k++) covariance[j * columns + k]! += (at(i, j) * at(i, k)) / n;
  const { values, vectors } = symmetricEigen(covariance, columns);
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, count);
  const components = order.map((k) => {
    const vector = Array.from({ length: columns }, (_, j) => vectors[j * columns + k]!);
    const largest = vector.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    return vector.map((value) => value * Math.sign(largest));
  });
  const total = values.reduce((sum, value) => sum + value, 0);
  const scores = Array.from({ length: n }, (_, i) => components.map((c) => c.reduce((sum, v, j) => sum + v * at(i, j), 0)));
  return { components: components.flat(), explained: order.map((k) => values[k]! / total), scores: scores.flat() };
}

const close = (found: Float32Array, expected: readonly number[], within: number) => {
  expect(found.length).toBe(expected.length);
  expect(Math.max(...expected.map((value, i) => Math.abs(value - found[i]!)))).toBeLessThan(within);
};

const hosts: readonly (readonly [string, () => Promise<Executor>])[] = [
  ['cpu', async () => new ReferenceExecutor()],
  ...(hasDevice ? [['webgpu', () => testExecutor()] as const] : []),
];

describe.each(hosts)('analysis on %s', (backend, open) => {
  it('principal components as in double precision, and of rows that are all the same', async () => {
    const analysis = await openAnalysis(await open());
    expect(analysis.backend).toBe(backend);
    const sizes = [
      [300, 9, 3],
      [40, 2, 2],
      [5, 1, 1],
    ] as const;
    // A software adapter spends a second on the pipelines of each size.
    for (const [count, columns, components] of backend === 'cpu' ? sizes : sizes.slice(0, 1)) {
      const rows = spreadRows(count, columns);
      const found = await analysis.principalComponents(rows, columns, components);
      const plain = plainComponents(rows, columns, components);
      close(found.components, plain.components, 2e-3);
      close(found.explained, plain.explained, 1e-5);
      close(found.scores, plain.scores, 1e-3);
    }
    const same = await analysis.principalComponents(new Float32Array(18).fill(0.25), 9, 3);
    expect([...same.explained, ...same.scores]).toEqual(new Array(9).fill(0));
    expect([...same.components].every(Number.isFinite)).toBe(true);
    await expect(analysis.principalComponents(new Float32Array(5), 3, 1)).rejects.toThrow(/whole rows/);
  });

  it('shows a variable group as a tensor; nothing is left behind', async () => {
    const executor = await open();
    const group = new VariableGroup(`seen-${backend}`);
    group.add('x', 2, 3, (target) => target.set([1, 2, 3, 4, 5, 6]));
    executor.allocate(group);
    const { tf, view } = await openAnalysis(executor);
    const seen = await view(group.name, [2, 3]);
    executor.write(group.name, Float32Array.of(10), 1);
    const sums = seen.sum(1);
    // Without a copy, it shows what was written since.
    expect([...(await sums.data())]).toEqual(backend === 'webgpu' ? [14, 15] : [6, 15]);
    tf.dispose([seen, sums]);
    expect([...(await executor.read(group.name, 0, 6))]).toEqual([1, 10, 3, 4, 5, 6]);
    executor.dispose();
  });
});

it('the number of tensors is flat over 500 calls', async () => {
  const { tf, principalComponents } = await openAnalysis(new ReferenceExecutor());
  const rows = spreadRows(20, 4);
  await principalComponents(rows, 4, 2);
  const before = tf.memory().numTensors;
  for (let i = 0; i < 500; i++) await principalComponents(rows, 4, 2);
  expect(tf.memory().numTensors).toBe(before);
});
