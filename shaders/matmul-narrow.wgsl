// matmul-narrow: matmul.wgsl for products of few rows or few columns, of which a device would get too few tiles of 64 × 64. A
// workgroup makes 16 rows × 64 columns, a thread four columns of one row. 64 steps of k wait in workgroup memory at a time: most
// such products have no more, and are done after one wait.
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

const DEPTH = 64u;
// A by rows, in fours along k; B by k, in fours along n. One more spreads the lines over the banks.
const LINE = 17u;
var<workgroup> rows: array<vec4f, 16u * LINE>;
var<workgroup> columns: array<vec4f, DEPTH * LINE>;

fn run_block(index: u32, lane: u32) {
  let tiles_m = (params.m + 15u) / 16u;
  let tiles_n = (params.n + 63u) / 64u;
  let g = index / (tiles_m * tiles_n);
  if (g >= params.groups) { return; }
  let row0 = ((index / tiles_n) % tiles_m) * 16u;
  let column0 = (index % tiles_n) * 64u;
  let ty = lane / 16u;
  let tx = lane % 16u;
  var sum = vec4f();
  for (var k0 = 0u; k0 < params.k; k0 += DEPTH) {
    // Neighbouring threads read along rows of the operands; past the end of k both are zero.
    let k = k0 + lane % 64u;
    let at = min(k, params.k - 1u);
    //@each i 4
    let r = lane / 64u + 4u * {i}u;
    let value = a_at(g * params.m + min(row0 + r, params.m - 1u), at);
    rows[r * LINE + (lane % 64u) / 4u][lane % 4u] = select(0.0, value, k < params.k);
    //@end
    //@each i 16
    let line = lane / 64u + 4u * {i}u;
    if (VARIANT == 0u) {
      let value = b_at(g * params.n + min(column0 + line, params.n - 1u), at);
      columns[(lane % 64u) * LINE + line / 4u][line % 4u] = select(0.0, value, k < params.k);
    } else {
      let value = b_at(g * params.k + min(k0 + line, params.k - 1u), min(column0 + lane % 64u, params.n - 1u));
      columns[line * LINE + (lane % 64u) / 4u][lane % 4u] = value;
    }
    //@end
    workgroupBarrier();
    let quads = (min(DEPTH, params.k - k0) + 3u) / 4u;
    for (var q = 0u; q < quads; q++) {
      let row = rows[ty * LINE + q];
      sum = fma(vec4f(row.x), columns[4u * q * LINE + tx], sum);
      sum = fma(vec4f(row.y), columns[(4u * q + 1u) * LINE + tx], sum);
      sum = fma(vec4f(row.z), columns[(4u * q + 2u) * LINE + tx], sum);
      sum = fma(vec4f(row.w), columns[(4u * q + 3u) * LINE + tx], sum);
    }
    workgroupBarrier();
  }
  let r = row0 + ty;
  if (r < params.m) {
    //@each e 4
    let c = column0 + tx * 4u + {e}u;
    if (c < params.n) { set_c(g * params.m + r, c, activate(params.activation, sum[{e}] + bias_at(g, c))); }
    //@end
  }
}
