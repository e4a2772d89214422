/** Symmetric positive definite matrices, n · n values row by row (Golub and Van Loan, *Matrix Computations*, 4.2). */

/** Overwrites the lower half of `a` by L with a = L Lᵀ. @returns false where `a` is not positive definite */
export function cholesky(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const rest = a[i * n + j]! - dot(a, i * n, a, j * n, j);
      if (i !== j) a[i * n + j] = rest / a[j * n + j]!;
      else if (rest > 0) a[i * n + i] = Math.sqrt(rest);
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
      const rest = (i === j ? 1 : 0) - dot(lower, i * n + j, columns, j * n + j, i - j);
      columns[j * n + i] = rest / lower[i * n + i]!;
    }
  }
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      inverse[i * n + j] = inverse[j * n + i] = dot(columns, i * n + i, columns, j * n + i, n - i);
    }
  }
  return inverse;
}

/** Overwrites `b` by L⁻¹ b, of the leading m rows. */
export function solveLower(lower: Float64Array, n: number, b: Float64Array, m = n): void {
  for (let i = 0; i < m; i++) b[i] = (b[i]! - dot(lower, i * n, b, 0, i)) / lower[i * n + i]!;
}

/** Inner product of `length` values from `at` on and from `bt` on. Four sums side by side: one alone waits for itself. */
function dot(a: Float64Array, at: number, b: Float64Array, bt: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += a[at + k]! * b[bt + k]!;
    s1 += a[at + k + 1]! * b[bt + k + 1]!;
    s2 += a[at + k + 2]! * b[bt + k + 2]!;
    s3 += a[at + k + 3]! * b[bt + k + 3]!;
  }
  for (; k < length; k++) s0 += a[at + k]! * b[bt + k]!;
  return s0 + s1 + (s2 + s3);
}
