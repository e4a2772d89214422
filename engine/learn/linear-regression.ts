/**
 * Ridge regression by normal equations: for each of S targets the C coefficients that minimise
 * Σ (row · w - target)² + penalty · |w|².
 *
 * @param rows N rows of C features
 * @param targets N rows of S values
 * @returns S · C coefficients, target by target
 */
export function solveRidge(
  rows: readonly Float64Array[],
  targets: readonly Float64Array[],
  outputs: number,
  penalty: number,
): Float64Array {
  const c = rows[0]!.length;
  const gram = Array.from({ length: c }, (_, a) =>
    Float64Array.from({ length: c + outputs }, (_, b) => {
      const product = rows.reduce((sum, row, i) => sum + row[a]! * (b < c ? row[b]! : targets[i]![b - c]!), 0);
      return a === b ? product + penalty : product;
    }),
  );
  // Elimination without pivoting: the matrix is positive definite.
  for (let a = 0; a < c; a++) {
    const pivot = gram[a]!;
    for (let b = 0; b < c; b++) {
      if (b === a) continue;
      const factor = gram[b]![a]! / pivot[a]!;
      for (let k = a; k < c + outputs; k++) gram[b]![k]! -= factor * pivot[k]!;
    }
  }
  const coefficients = new Float64Array(outputs * c);
  for (let k = 0; k < outputs; k++) for (let a = 0; a < c; a++) coefficients[k * c + a] = gram[a]![c + k]! / gram[a]![a]!;
  return coefficients;
}
