import type { PrincipalComponents, TensorLibrary } from '../api';
import { OhmbaError } from '../base';

type Tensor2D = ReturnType<TensorLibrary['tensor2d']>;

/**
 * The covariance is squared this often: its 2^15th power is, within single precision, of rank one even where the two
 * largest variances differ by half a per mille.
 */
const SQUARINGS = 15;
/** Variance that is rounding of values in [0, 1]. */
const NOTHING = 1e-12;

/**
 * Principal components by power iteration with deflation. Nothing is read back before the end, and no tensor is left.
 *
 * @param rows [rows · columns], row-major, at least one row
 * @param count components, at most `columns`
 */
export async function principalComponents(
  tf: TensorLibrary,
  rows: Float32Array,
  columns: number,
  count: number,
): Promise<PrincipalComponents> {
  if (columns < 1 || rows.length < columns || rows.length % columns !== 0 || count < 1 || count > columns) {
    throw new OhmbaError({
      what: `principalComponents was given ${rows.length} values as rows of ${columns}, for ${count} components`,
      expected: `whole rows, at least one, and 1 to ${columns} components`,
      todo: 'give it every value of every row, and ask for no more components than a row has values',
    });
  }
  const results = tf.tidy(() => {
    const all = tf.tensor2d(rows, [rows.length / columns, columns]);
    const mean = all.mean<Tensor2D>(0, true);
    const centred = all.sub<Tensor2D>(mean);
    let rest: Tensor2D = tf.matMul(centred, centred, true).div(all.shape[0]);
    const variance = diagonalOf(tf, rest).sum();
    const vectors: Tensor2D[] = [];
    const variances: Tensor2D[] = [];
    for (let k = 0; k < count; k++) {
      const vector = leadingVector(tf, rest);
      const along = tf.matMul<Tensor2D>(tf.matMul(vector, rest), vector, false, true);
      rest = rest.sub<Tensor2D>(tf.matMul(vector, vector, true).mul(along));
      vectors.push(vector);
      variances.push(along);
    }
    const components = tf.concat2d(vectors, 0);
    const explained = tf.concat2d(variances, 0).div(variance.maximum(NOTHING)).relu();
    return [mean, components, explained, tf.matMul(centred, components, false, true)];
  });
  const values = await Promise.all(results.map((result) => result.data<'float32'>()));
  tf.dispose(results);
  const [mean, components, explained, scores] = values as [Float32Array, Float32Array, Float32Array, Float32Array];
  return { mean, components, explained, scores };
}

/** The eigenvector of the largest eigenvalue of a symmetric matrix, as a row; any unit vector where the matrix is zero. */
function leadingVector(tf: TensorLibrary, matrix: Tensor2D): Tensor2D {
  let power = matrix;
  for (let i = 0; i < SQUARINGS; i++) {
    const scaled = power.div<Tensor2D>(power.abs().max().maximum(NOTHING));
    power = tf.matMul(scaled, scaled);
  }
  // Of a matrix of rank one every row is the vector; the one with the largest diagonal is the most exact.
  const row = tf.matMul<Tensor2D>(largestOf(tf, diagonalOf(tf, power)), power);
  const length = row.square().sum().sqrt();
  const nothing = length.equal(0).cast('float32');
  const first = tf.tensor2d([[1, ...new Array(matrix.shape[0] - 1).fill(0)]]);
  const unit = row.div<Tensor2D>(length.add(nothing)).add<Tensor2D>(first.mul(nothing));
  const largest = unit.mul(largestOf(tf, unit.abs())).sum();
  return unit.mul<Tensor2D>(largest.sign());
}

/** 1 at the largest entry of a row, at the first of about equals, and 0 elsewhere; [1, columns]. */
function largestOf(tf: TensorLibrary, row: Tensor2D): Tensor2D {
  const falling = tf.tensor2d([Array.from({ length: row.shape[1] }, (_, i) => 1 - 1e-4 * i)]);
  const scores = row.add(NOTHING).mul(falling);
  return scores.equal(scores.max()).cast('float32');
}

function diagonalOf(tf: TensorLibrary, matrix: Tensor2D): Tensor2D {
  return matrix.mul(tf.eye(matrix.shape[0])).sum(0, true);
}
