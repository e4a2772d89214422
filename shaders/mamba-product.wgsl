// Products inside a workgroup of 128 threads, for the Mamba block kernels: rows of a segment × weights [K, 4·wide].
// Activations wait in `memory` as quads of rows: memory[source + quad·line + k]; weights are vec4s of columns. A thread takes
// four columns of all rows and a share of k, so that every weight is read once. The shares are joined quad by quad through
// `memory[scratch …]` (512 vec4s), in a fixed order; `rows` then moves on to the next quad.

const THREADS = 128u;
const ROWS = 4u * QUADS;

fn product(source: u32, line: u32, weights: u32, wide: u32, depth: u32, quads: u32, lane: u32) -> array<vec4f, ROWS> {
  var rows: array<vec4f, ROWS>;
  let splits = THREADS / wide;
  let share = (depth + 4u * splits - 1u) / (4u * splits) * 4u;
  let split = lane / wide;
  let end = select(0u, min((split + 1u) * share, depth), split < splits);
  var at = weights + split * share * wide + lane % wide;
  for (var k = split * share; k < end; k += 4u) {
    let w0 = weights_quad(at);
    let w1 = weights_quad(at + wide);
    let w2 = weights_quad(at + 2u * wide);
    let w3 = weights_quad(at + 3u * wide);
    at += 4u * wide;
    for (var q = 0u; q < QUADS; q++) {
      if (q < quads) {
        let a0 = memory[source + q * line + k];
        let a1 = memory[source + q * line + k + 1u];
        let a2 = memory[source + q * line + k + 2u];
        let a3 = memory[source + q * line + k + 3u];
        rows[4u * q] = fma(vec4f(a3.x), w3, fma(vec4f(a2.x), w2, fma(vec4f(a1.x), w1, fma(vec4f(a0.x), w0, rows[4u * q]))));
        rows[4u * q + 1u] = fma(vec4f(a3.y), w3, fma(vec4f(a2.y), w2, fma(vec4f(a1.y), w1, fma(vec4f(a0.y), w0, rows[4u * q + 1u]))));
        rows[4u * q + 2u] = fma(vec4f(a3.z), w3, fma(vec4f(a2.z), w2, fma(vec4f(a1.z), w1, fma(vec4f(a0.z), w0, rows[4u * q + 2u]))));
        rows[4u * q + 3u] = fma(vec4f(a3.w), w3, fma(vec4f(a2.w), w2, fma(vec4f(a1.w), w1, fma(vec4f(a0.w), w0, rows[4u * q + 3u]))));
      }
    }
  }
  return rows;
}

// Shows all threads the first quad of `rows`, and moves on to the next.
fn share_quad(rows: ptr<function, array<vec4f, ROWS>>, scratch: u32, lane: u32) {
  for (var i = 0u; i < 4u; i++) { memory[scratch + i * THREADS + lane] = (*rows)[i]; }
  for (var r = 0u; r + 4u < ROWS; r++) { (*rows)[r] = (*rows)[r + 4u]; }
  workgroupBarrier();
}

// Row i of the quad shared, columns 4·column … 4·column + 3.
fn shared_row(scratch: u32, wide: u32, i: u32, column: u32) -> vec4f {
  var sum = memory[scratch + i * THREADS + column];
  for (var s = wide + column; s + wide <= THREADS + column; s += wide) { sum += memory[scratch + i * THREADS + s]; }
  return sum;
}

// The quad shared as four columns: element j has the rows of column 4·column + j.
fn shared_columns(scratch: u32, wide: u32, column: u32) -> mat4x4f {
  return transpose(mat4x4f(
    shared_row(scratch, wide, 0u, column),
    shared_row(scratch, wide, 1u, column),
    shared_row(scratch, wide, 2u, column),
    shared_row(scratch, wide, 3u, column),
  ));
}
