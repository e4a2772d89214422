// matmul-narrow: matmul.wgsl for products of few rows or few columns, of which a device would get too few tiles of 64 × 64. A
// workgroup makes 16 rows × 64 columns, a thread four columns of one row. DEPTH steps of k wait in workgroup memory at a time: most
// such products have no more than 64, and are done after one wait.
//! blocks 256
//! include math
//! in a
//! in b
//! in bias? [G, n]
//! out c
//! uniform groups
//! uniform m
//! uniform n
//! uniform k
//! uniform activation
//! constant VARIANT       0 nt or 1 nn, as in matmul.wgsl
//! constant DEPTH         32 or 64
//! constant OF_A          DEPTH / 16
//! constant OF_B          DEPTH / 4

// A by rows, in fours along k; B by k, in fours along n. One more spreads the lines over the banks.
const LINE_A = DEPTH / 4u + 1u;
const LINE_B = 17u;
var<workgroup> rows: array<vec4f, 16u * LINE_A>;
var<workgroup> columns: array<vec4f, DEPTH * LINE_B>;

fn run_block(index: u32, lane: u32) {
  let tiles_m = (params.m + 15u) / 16u;
  let tiles_n = (params.n + 63u) / 64u;
  let g = index / (tiles_m * tiles_n);
  if (g >= params.groups) { return; }
  let row0 = g * params.m + ((index / tiles_n) % tiles_m) * 16u;
  make_tile(row0, min(row0 + 16u, (g + 1u) * params.m), (index % tiles_n) * 64u, lane);
}

// All columns of rows `first` to `end` - 1, of one group.
fn run_rows(first: u32, end: u32, lane: u32) {
  for (var row0 = first; row0 < end; row0 += 16u) {
    for (var column0 = 0u; column0 < params.n; column0 += 64u) { make_tile(row0, end, column0, lane); }
  }
}

fn make_tile(row0: u32, end: u32, column0: u32, lane: u32) {
  let g = row0 / params.m;
  let ty = lane / 16u;
  let tx = lane % 16u;
  var sum = vec4f();
  for (var k0 = 0u; k0 < params.k; k0 += DEPTH) {
    // Neighbouring threads read along rows of the operands; past the end of k both are zero.
    let k = k0 + lane % DEPTH;
    let at = min(k, params.k - 1u);
    //@each i OF_A
    let r = lane / DEPTH + (256u / DEPTH) * {i}u;
    let value = a_at(min(row0 + r, end - 1u), at);
    rows[r * LINE_A + (lane % DEPTH) / 4u][lane % 4u] = select(0.0, value, k < params.k);
    //@end
    //@each i OF_B
    if (VARIANT == 0u) {
      let line = lane / DEPTH + (256u / DEPTH) * {i}u;
      let value = b_at(g * params.n + min(column0 + line, params.n - 1u), at);
      columns[(lane % DEPTH) * LINE_B + line / 4u][line % 4u] = select(0.0, value, k < params.k);
    } else {
      let line = lane / 64u + 4u * {i}u;
      let value = b_at(g * params.k + min(k0 + line, params.k - 1u), min(column0 + lane % 64u, params.n - 1u));
      columns[line * LINE_B + (lane % 64u) / 4u][lane % 4u] = value;
    }
    //@end
    workgroupBarrier();
    // Rows that do not exist wait.
    let quads = select(0u, (min(DEPTH, params.k - k0) + 3u) / 4u, row0 + ty < end);
    for (var q = 0u; q < quads; q++) {
      let row = rows[ty * LINE_A + q];
      sum = fma(vec4f(row.x), columns[4u * q * LINE_B + tx], sum);
      sum = fma(vec4f(row.y), columns[(4u * q + 1u) * LINE_B + tx], sum);
      sum = fma(vec4f(row.z), columns[(4u * q + 2u) * LINE_B + tx], sum);
      sum = fma(vec4f(row.w), columns[(4u * q + 3u) * LINE_B + tx], sum);
    }
    workgroupBarrier();
  }
  let r = row0 + ty;
  if (r < end) {
    //@each e 4
    let c = column0 + tx * 4u + {e}u;
    if (c < params.n) { set_c(r, c, activate(params.activation, sum[{e}] + bias_at(g, c))); }
    //@end
  }
}
