// Products inside a workgroup, for the Mamba block kernels: rows of a segment × weights [K, 4·wide], wide <= 128.
// Activations wait in `memory` as quads of rows: memory[source + quad·line + k]; weights are vec4s of columns. The threads are
// one or two halves of 128; half h has the quads h, h + HALVES, … Of 32 threads, `splits_of(wide)` share four columns: each takes
// every so manieth k, and their sums are joined between lanes, so that nothing of a product goes through workgroup memory but
// its result. Neighbours have neighbouring columns: what eight of them read of the weights at once lies in a row.

const HALVES = THREADS / 128u;

fn splits_of(wide: u32) -> u32 {
  return select(select(select(1u, 2u, wide <= 64u), 4u, wide <= 32u), 8u, wide <= 16u);
}

// Which four columns a thread has, and which k of those that share them.
fn columns_of(wide: u32, lane: u32) -> u32 {
  let each = 32u / splits_of(wide);
  return (lane % 128u) / 32u * each + lane % each;
}

fn split_of(wide: u32, lane: u32) -> u32 {
  return (lane % 32u) / (32u / splits_of(wide));
}

// Adds a product to `rows`: element 4·j + i is row i of the half's quad j, four columns.
fn multiply(rows: ptr<function, array<vec4f, 4u * OWN>>, source: u32, line: u32, weights: u32, wide: u32, depth: u32, quads: u32, lane: u32) {
  let splits = splits_of(wide);
  let half = lane / 128u;
  let column = columns_of(wide, lane);
  let end = select(0u, depth, column < wide);
  // With some depths the last steps have no k: they take the last one, by weights of zero.
  let even = depth % (4u * splits) == 0u;
  for (var k = split_of(wide, lane); k < end; k += 4u * splits) {
    var at: array<u32, 4>;
    var w: array<vec4f, 4>;
    //@each s 4
    let asked = k + {s}u * splits;
    at[{s}] = select(min(asked, depth - 1u), asked, even);
    w[{s}] = weights_quad(weights + at[{s}] * wide + column);
    if (!even) { w[{s}] = select(vec4f(), w[{s}], asked < depth); }
    //@end
    //@each j OWN
    if ({j}u * HALVES + half < quads) {
      let from_row = source + ({j}u * HALVES + half) * line;
      //@each s 4
      let a = memory[from_row + at[{s}]];
      (*rows)[4u * {j}u + 0u] = fma(vec4f(a.x), w[{s}], (*rows)[4u * {j}u + 0u]);
      (*rows)[4u * {j}u + 1u] = fma(vec4f(a.y), w[{s}], (*rows)[4u * {j}u + 1u]);
      (*rows)[4u * {j}u + 2u] = fma(vec4f(a.z), w[{s}], (*rows)[4u * {j}u + 2u]);
      (*rows)[4u * {j}u + 3u] = fma(vec4f(a.w), w[{s}], (*rows)[4u * {j}u + 3u]);
      //@end
    }
    //@end
  }
}

// Joins the sums of the threads that share columns, and turns them: element 4·j + e is then the half's quad j of column
// first_column + e, for e < columns_each. All threads of the workgroup must call this together.
fn join_splits(rows: ptr<function, array<vec4f, 4u * OWN>>, wide: u32, lane: u32) {
  let splits = splits_of(wide);
  let upper = (lane & 16u) != 0u;
  let odd = (lane & 8u) != 0u;
  //@each j OWN
  let columns = transpose(mat4x4f((*rows)[4u * {j}u], (*rows)[4u * {j}u + 1u], (*rows)[4u * {j}u + 2u], (*rows)[4u * {j}u + 3u]));
  if (splits == 1u) {
    (*rows)[4u * {j}u] = columns[0];
    (*rows)[4u * {j}u + 1u] = columns[1];
    (*rows)[4u * {j}u + 2u] = columns[2];
    (*rows)[4u * {j}u + 3u] = columns[3];
  } else {
    // Half of what a thread has changes sides, then half of what is left.
    let first = select(columns[0], columns[2], upper) + swapped(select(columns[2], columns[0], upper), 16u, lane);
    let second = select(columns[1], columns[3], upper) + swapped(select(columns[3], columns[1], upper), 16u, lane);
    (*rows)[4u * {j}u] = first;
    (*rows)[4u * {j}u + 1u] = second;
    if (splits > 2u) {
      var one = select(first, second, odd) + swapped(select(second, first, odd), 8u, lane);
      if (splits > 4u) { one += swapped(one, 4u, lane); }
      (*rows)[4u * {j}u] = one;
    }
  }
  //@end
}

// Whether a thread has a result, of how many columns and from which on.
fn has_columns(wide: u32, lane: u32) -> bool {
  return columns_of(wide, lane) < wide && (splits_of(wide) < 8u || (lane & 4u) == 0u);
}

fn columns_each(wide: u32) -> u32 {
  return max(4u / splits_of(wide), 1u);
}

fn first_column(wide: u32, lane: u32) -> u32 {
  let splits = splits_of(wide);
  return 4u * columns_of(wide, lane) + select(0u, (lane & 16u) / 8u, splits > 1u) + select(0u, (lane & 8u) / 8u, splits > 2u);
}

// Writes a product to memory[place + quad·line + column].
fn keep_product(rows: ptr<function, array<vec4f, 4u * OWN>>, place: u32, line: u32, wide: u32, quads: u32, lane: u32) {
  if (!has_columns(wide, lane)) { return; }
  let first = place + first_column(wide, lane);
  //@each j OWN
  let quad = {j}u * HALVES + lane / 128u;
  //@each e 4
  if ({e}u < columns_each(wide) && quad < quads) { memory[first + quad * line + {e}u] = (*rows)[4u * {j}u + {e}u]; }
  //@end
  //@end
}
