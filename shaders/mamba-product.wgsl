// Products inside a workgroup, for the Mamba block kernels: rows of a segment × weights [K, 4·wide], wide <= 128.
// Activations wait in `memory` as quads of rows: memory[source + quad·line + k]; weights are vec4s of columns. The threads are
// one or two halves of 128; half h has the quads h, h + HALVES, … and a thread of it four columns and a share of k, so that
// weights are read once by each half. The shares are joined, one quad at a time, through `memory[scratch …]` (SCRATCH vec4s), in
// a fixed order.

const ROWS = 4u * QUADS;
const HALVES = THREADS / 128u;
const SCRATCH = 512u;

fn product(source: u32, line: u32, weights: u32, wide: u32, depth: u32, quads: u32, lane: u32) -> array<vec4f, 4u * OWN> {
  var rows: array<vec4f, 4u * OWN>;
  let splits = 128u / wide;
  let share = (depth + 4u * splits - 1u) / (4u * splits) * 4u;
  let half = lane / 128u;
  let place = lane % 128u;
  let split = place / wide;
  let end = select(0u, min((split + 1u) * share, depth), split < splits);
  var at = weights + split * share * wide + place % wide;
  for (var k = split * share; k < end; k += 4u) {
    let w0 = weights_quad(at);
    let w1 = weights_quad(at + wide);
    let w2 = weights_quad(at + 2u * wide);
    let w3 = weights_quad(at + 3u * wide);
    at += 4u * wide;
    //@each j OWN
    if ({j}u * HALVES + half < quads) {
      let from_row = source + ({j}u * HALVES + half) * line + k;
      let a0 = memory[from_row];
      let a1 = memory[from_row + 1u];
      let a2 = memory[from_row + 2u];
      let a3 = memory[from_row + 3u];
      rows[4u * {j}u + 0u] = fma(vec4f(a3.x), w3, fma(vec4f(a2.x), w2, fma(vec4f(a1.x), w1, fma(vec4f(a0.x), w0, rows[4u * {j}u + 0u]))));
      rows[4u * {j}u + 1u] = fma(vec4f(a3.y), w3, fma(vec4f(a2.y), w2, fma(vec4f(a1.y), w1, fma(vec4f(a0.y), w0, rows[4u * {j}u + 1u]))));
      rows[4u * {j}u + 2u] = fma(vec4f(a3.z), w3, fma(vec4f(a2.z), w2, fma(vec4f(a1.z), w1, fma(vec4f(a0.z), w0, rows[4u * {j}u + 2u]))));
      rows[4u * {j}u + 3u] = fma(vec4f(a3.w), w3, fma(vec4f(a2.w), w2, fma(vec4f(a1.w), w1, fma(vec4f(a0.w), w0, rows[4u * {j}u + 3u]))));
    }
    //@end
  }
  return rows;
}

// Shows all threads quad number `quad` of the rows: quads come one by one, each from the half that has it, which then moves on
// to its next.
fn share_quad(rows: ptr<function, array<vec4f, 4u * OWN>>, scratch: u32, quad: u32, lane: u32) {
  if (lane / 128u == quad % HALVES) {
    let at = scratch + lane % 128u;
    memory[at] = (*rows)[0];
    memory[at + 128u] = (*rows)[1];
    memory[at + 256u] = (*rows)[2];
    memory[at + 384u] = (*rows)[3];
    //@each j OWN
    (*rows)[4u * {j}u] = (*rows)[min(4u * {j}u + 4u, 4u * OWN - 4u)];
    (*rows)[4u * {j}u + 1u] = (*rows)[min(4u * {j}u + 5u, 4u * OWN - 3u)];
    (*rows)[4u * {j}u + 2u] = (*rows)[min(4u * {j}u + 6u, 4u * OWN - 2u)];
    (*rows)[4u * {j}u + 3u] = (*rows)[min(4u * {j}u + 7u, 4u * OWN - 1u)];
    //@end
  }
  workgroupBarrier();
}

// Row i of the quad that is shared, columns 4·column … 4·column + 3.
fn shared_row(scratch: u32, wide: u32, i: u32, column: u32) -> vec4f {
  let at = scratch + i * 128u;
  var sum = memory[at + column];
  for (var s = wide + column; s + wide <= 128u + column; s += wide) { sum += memory[at + s]; }
  return sum;
}

// That quad as four columns: element j has the rows of column 4·column + j.
fn shared_columns(scratch: u32, wide: u32, column: u32) -> mat4x4f {
  return transpose(mat4x4f(
    shared_row(scratch, wide, 0u, column),
    shared_row(scratch, wide, 1u, column),
    shared_row(scratch, wide, 2u, column),
    shared_row(scratch, wide, 3u, column),
  ));
}
