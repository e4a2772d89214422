/** Symmetric positive definite matrices, n · n values row by row (Golub and Van Loan, *Matrix Computations*, 4.2). */

/** Overwrites the lower half of `a` by L with a = L Lᵀ. @returns false where `a` is not positive definite */
export function cholesky(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      if (i !== j) a[i * n + j] = sum / a[j * n + j]!;
      else if (sum > 0) a[i * n + i] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** (L Lᵀ)⁻¹, both halves. */
export function inverseOf(lower: Float64Array, n: number): Float64Array {
  // Columns of L⁻¹ as rows, so that the product below runs along rows.
  const columns = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= lower[i * n + k]! * columns[j * n + k]!;
      columns[j * n + i] = sum / lower[i * n + i]!;
    }
  }
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < n; k++) sum += columns[i * n + k]! * columns[j * n + k]!;
      inverse[i * n + j] = inverse[j * n + i] = sum;
    }
  }
  return inverse;
}

/** Overwrites `b` by L⁻¹ b, of the leading m rows. */
export function solveLower(lower: Float64Array, n: number, b: Float64Array, m = n): void {
  for (let i = 0; i < m; i++) {
    let sum = b[i]!;
    for (let j = 0; j < i; j++) sum -= lower[i * n + j]! * b[j]!;
    b[i] = sum / lower[i * n + i]!;
  }
}
