import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import * as t from '../../engine/tensor';
import { evaluate, type Operand, stream } from './support';

type Ours = (...x: t.Tensor[]) => t.Tensor;
type Theirs = (...x: tf.Tensor2D[]) => tf.Tensor;

/** Ops that tfjs has too. Its gradients are float32. */
const cases: readonly (readonly [name: string, operands: readonly Operand[], ours: Ours, theirs: Theirs])[] = [
  ['exp', [{ rows: 3, columns: 4 }], (x) => t.exp(x), (x) => tf.exp(x)],
  ['log', [{ rows: 3, columns: 4, low: 0.2, high: 3 }], (x) => t.log(x), (x) => tf.log(x)],
  ['sqrt', [{ rows: 3, columns: 4, low: 0.2, high: 3 }], (x) => t.sqrt(x), (x) => tf.sqrt(x)],
  ['square', [{ rows: 3, columns: 4 }], (x) => t.square(x), (x) => tf.square(x)],
  ['reciprocal', [{ rows: 3, columns: 4, low: 0.5, high: 2 }], (x) => t.reciprocal(x), (x) => tf.reciprocal(x)],
  ['abs', [{ rows: 3, columns: 4 }], (x) => t.abs(x), (x) => tf.abs(x)],
  ['tanh', [{ rows: 3, columns: 4 }], (x) => t.tanh(x), (x) => tf.tanh(x)],
  ['sigmoid', [{ rows: 3, columns: 4 }], (x) => t.sigmoid(x), (x) => tf.sigmoid(x)],
  ['softplus', [{ rows: 3, columns: 4 }], (x) => t.softplus(x), (x) => tf.softplus(x)],
  ['relu', [{ rows: 3, columns: 4 }], (x) => t.relu(x), (x) => tf.relu(x)],
  ['silu', [{ rows: 3, columns: 4 }], (x) => t.silu(x), (x) => tf.mul(x, tf.sigmoid(x))],
  [
    'add by row',
    [
      { rows: 3, columns: 4 },
      { rows: 1, columns: 4 },
    ],
    (a, b) => t.add(a, b),
    (a, b) => tf.add(a, b),
  ],
  [
    'sub by column',
    [
      { rows: 3, columns: 4 },
      { rows: 3, columns: 1 },
    ],
    (a, b) => t.sub(b, a),
    (a, b) => tf.sub(b, a),
  ],
  [
    'mul by scalar',
    [
      { rows: 3, columns: 4 },
      { rows: 1, columns: 1 },
    ],
    (a, b) => t.mul(a, b),
    (a, b) => tf.mul(a, b),
  ],
  [
    'div',
    [
      { rows: 3, columns: 4 },
      { rows: 3, columns: 4, low: 0.5, high: 2 },
    ],
    (a, b) => t.div(a, b),
    (a, b) => tf.div(a, b),
  ],
  [
    'maximum',
    [
      { rows: 3, columns: 4 },
      { rows: 3, columns: 4 },
    ],
    (a, b) => t.maximum(a, b),
    (a, b) => tf.maximum(a, b),
  ],
  [
    'minimum',
    [
      { rows: 3, columns: 4 },
      { rows: 3, columns: 4 },
    ],
    (a, b) => t.minimum(a, b),
    (a, b) => tf.minimum(a, b),
  ],
  ['clamp', [{ rows: 4, columns: 4, low: -2, high: 2 }], (x) => t.clamp(x, -0.5, 0.5), (x) => tf.clipByValue(x, -0.5, 0.5)],
  [
    'matmul nn',
    [
      { rows: 3, columns: 4 },
      { rows: 4, columns: 5 },
    ],
    (a, b) => t.matmul(a, b),
    (a, b) => tf.matMul(a, b),
  ],
  [
    'matmul nt',
    [
      { rows: 3, columns: 4 },
      { rows: 5, columns: 4 },
    ],
    (a, b) => t.matmul(a, b, 'nt'),
    (a, b) => tf.matMul(a, b, false, true),
  ],
  [
    'matmul tn',
    [
      { rows: 4, columns: 3 },
      { rows: 4, columns: 5 },
    ],
    (a, b) => t.matmul(a, b, 'tn'),
    (a, b) => tf.matMul(a, b, true),
  ],
  [
    'linear tanh',
    [
      { rows: 3, columns: 4 },
      { rows: 5, columns: 4 },
      { rows: 1, columns: 5 },
    ],
    (x, w, b) => t.linear(x, w, b, { activation: 'tanh' }),
    (x, w, b) => tf.tanh(tf.add(tf.matMul(x, w, false, true), b)),
  ],
  ['columnSum', [{ rows: 3, columns: 4 }], (x) => t.columnSum(x), (x) => tf.sum(x, 0, true)],
  ['rowSum', [{ rows: 3, columns: 4 }], (x) => t.rowSum(x), (x) => tf.sum(x, 1, true)],
  ['mean', [{ rows: 3, columns: 4 }], (x) => t.mean(x), (x) => tf.mean(x)],
  ['reshape', [{ rows: 3, columns: 4 }], (x) => t.reshape(x, 2, 6), (x) => tf.reshape(x, [2, 6])],
  ['sliceColumns', [{ rows: 3, columns: 4 }], (x) => t.sliceColumns(x, 1, 3), (x) => tf.slice(x, [0, 1], [3, 2])],
  [
    'concatColumns',
    [
      { rows: 3, columns: 4 },
      { rows: 3, columns: 2 },
    ],
    (a, b) => t.concatColumns(a, t.square(b), a),
    (a, b) => tf.concat([a, tf.square(b) as tf.Tensor2D, a], 1),
  ],
  [
    'gatherRows',
    [{ rows: 4, columns: 3 }],
    (x) => t.gatherRows(x, Int32Array.of(3, 0, 3, 1)),
    (x) => tf.gather(x, tf.tensor1d([3, 0, 3, 1], 'int32')),
  ],
  [
    'segmentSum',
    [{ rows: 5, columns: 3 }],
    (x) => t.segmentSum(x, Int32Array.of(0, 2, 5)),
    (x) =>
      tf.matMul(
        tf.tensor2d([
          [1, 1, 0, 0, 0],
          [0, 0, 1, 1, 1],
        ]),
        x,
      ),
  ],
  [
    'rmsNorm',
    [
      { rows: 3, columns: 4 },
      { rows: 1, columns: 4 },
    ],
    (x, w) => t.rmsNorm(x, w, { eps: 0.01 }),
    (x, w) => tf.mul(tf.div(x, tf.sqrt(tf.add(tf.mean(tf.square(x), 1, true), 0.01))), w),
  ],
  [
    'causalConv',
    [
      { rows: 6, columns: 2 },
      { rows: 2, columns: 3 },
      { rows: 1, columns: 2 },
    ],
    (x, w, b) => t.causalConv(x, w, b, Int32Array.of(0, 6)),
    (x, w, b) => {
      const padded = tf.reshape(
        tf.pad(x, [
          [2, 0],
          [0, 0],
        ]),
        [1, 1, 8, 2],
      ) as tf.Tensor4D;
      const filter = tf.reshape(tf.transpose(w), [1, 3, 2, 1]) as tf.Tensor4D;
      return tf.add(tf.reshape(tf.depthwiseConv2d(padded, filter, 1, 'valid'), [6, 2]), b);
    },
  ],
  [
    'attention',
    [
      { rows: 5, columns: 3 },
      { rows: 5, columns: 3 },
      { rows: 5, columns: 3 },
    ],
    (q, k, v) => t.attention(q, k, v, Int32Array.of(0, 5), 1),
    (q, k, v) => tf.matMul(tf.softmax(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(3))) as tf.Tensor2D, v),
  ],
];

describe('values and gradients agree with tfjs', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  test.each(cases)('%s', (_name, operands, ours, theirs) => {
    const random = stream(11);
    const data = operands.map(({ rows, columns, low, high }) => Float32Array.from(random.values(rows * columns, low, high)));
    const graph = new t.Graph('ours');
    const inputs = operands.map(({ rows, columns }, i) => graph.input(`x${i}`, rows, columns));
    const y = ours(...inputs);
    const weights = Float32Array.from(random.values(y.rows * y.columns));
    const loss = t.sum(t.mul(y, graph.constant(weights, y.rows, y.columns)));
    graph.output('y', y);
    t.gradients(loss, inputs).forEach((gradient, i) => {
      graph.output(`g${i}`, gradient);
    });
    const found = evaluate(t.compile(graph), Object.fromEntries(data.map((values, i) => [`x${i}`, values])));

    const tensors = data.map((values, i) => tf.tensor2d(values, [operands[i]!.rows, operands[i]!.columns]));
    const { value, grads } = tf.valueAndGrads((...x: tf.Tensor[]) => {
      const result = theirs(...(x as tf.Tensor2D[]));
      return tf.sum(tf.mul(result, tf.reshape(tf.tensor1d(weights), result.shape))) as tf.Scalar;
    })(tensors);
    value.dispose();
    expectNear(found.y!, theirs(...tensors).dataSync());
    grads.forEach((gradient, i) => {
      expectNear(found[`g${i}`]!, gradient.dataSync());
    });
  });
});

function expectNear(got: Float64Array, expected: ArrayLike<number>) {
  expect(got.length).toBe(expected.length);
  const scale = Math.max(1e-3, ...got.map(Math.abs));
  for (let i = 0; i < expected.length; i++) expect(Math.abs(got[i]! - expected[i]!) / scale).toBeLessThan(2e-6);
}
