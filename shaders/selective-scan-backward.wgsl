// selective-scan-backward: gradients of the scan (selective-scan.wgsl). A workgroup takes 32 channels of one chunk of rows, a tile of
// 8 rows at a time from the last to the first, and its halves share the work as there: one fetches, prepares and finishes rows;
// in the other each of the four threads of a channel has states 16·p + 4·share + 0 … 3. It computes the states of four rows again
// from the one that was kept before the tile, then λ, the gradient of the state, goes back through them. Sums over states (du,
// ddelta, dz) and over channels (db, dc) are made between the threads of a subgroup; sums over blocks of channels (db, dc)
// and over chunks (a_log, d) are second passes.
//! blocks 256
//! include math
//! include lanes
//! include lane-sums
//! in u [R, D]
//! in delta [R, D]
//! in a_log [G·D, N]
//! in b [R, N]
//! in c [R, N]
//! in d [G, D]
//! in z? [R, D]
//! in dy [R, D]
//! in kept [tiles, 4·PER4, 4·D]     states before each tile, from selective-scan.wgsl
//! in spent? [tiles, D]             ΣΔ of the chunk before each tile, where something enters that `kept` leaves out
//! in initial? [chunks, D·N]        what enters each chunk and is not in `kept`
//! in adjoint? [chunks, D·N]
//! out du? [R, D]
//! out ddelta? [R, D]
//! out dz? [R, D]
//! out db_part [blocks, R·N]
//! out dc_part [blocks, R·N]
//! out da_part [chunks, D·N]
//! out dd_part [chunks, D]
//! index chunks       first row of each chunk
//! index tiles        first tile of each chunk
//! uniform rows
//! uniform columns
//! uniform group_rows
//! constant N
//! constant PER4      vec4s of states of a thread: N / 16, rounded up

const TILE = 8u;
const PAIRS = TILE / 2u;
// All of it twice: one is read while the other is filled. B and C of a tile, [B or C, row, p, share].
const LINE = 4u * PER4;
const WIDE = TILE * LINE;
var<workgroup> inputs: array<vec4f, 4u * WIDE>;
// [pair of rows, channel]: Δ and what drives the states of the first row, then of the second; gradients of their ungated y.
var<workgroup> steps: array<vec4f, 2u * PAIRS * 32u>;
var<workgroup> douts: array<vec2f, 2u * PAIRS * 32u>;
// Sums over states, [λ·B, Σ λ·before·A or y, row, channel]; one more spreads the lines over the banks.
const OUTPUT_LINE = 33u;
const OUTPUTS = 3u * TILE * OUTPUT_LINE;
var<workgroup> outputs: array<f32, 2u * OUTPUTS>;
// Sums over the channels of each 32 threads, [p, four rows, thread].
const SUMS = PER4 * 256u;
var<workgroup> sums: array<vec4f, 2u * SUMS>;
const LOG2 = 0.6931471805599453;

fn run_block(block: u32, lane: u32) {
  let blocks = (params.columns + 31u) / 32u;
  let chunk = block / blocks;
  if (chunk + 1u >= params.chunks_length) { return; }
  let scans = lane < 128u;
  let place = lane % 128u;
  let share = place % 4u;
  let pair = place / 32u;
  let own = select(place % 32u, place / 4u, scans);
  let asked = (block % blocks) * 32u + own;
  let real = asked < params.columns;
  let channel = min(asked, params.columns - 1u);
  let start = chunks_at(chunk);
  let count = chunks_at(chunk + 1u) - start;
  let tile0 = tiles_at(chunk);
  let tiles = (count + TILE - 1u) / TILE;
  let g = start / params.group_rows;
  let base = (chunk * params.columns + channel) * N;
  let skip = d_at(g, channel);

  // Of the threads that scan.
  var a: array<vec4f, PER4>; // for exp2
  var entering: array<vec4f, PER4>;
  var carry: array<vec4f, PER4>;
  var da: array<vec4f, PER4>;
  var next_kept: array<vec4f, PER4>;
  var next_spent = 0.0;
  if (scans) {
    //@each p PER4
    //@each i 4
    let n = {p}u * 16u + share * 4u + {i}u;
    let at = base + min(n, N - 1u);
    a[{p}][{i}] = select(0.0, -1.4426950408889634 * exp(a_log_at(g * params.columns + channel, min(n, N - 1u))), n < N);
    entering[{p}][{i}] = select(0.0, initial_flat(at), n < N);
    carry[{p}][{i}] = select(0.0, adjoint_flat(at), n < N && real);
    //@end
    //@end
  }
  // Of the others: what is on its way, what the tile that is scanned will need, and the one before it.
  var next_u: vec2f;
  var next_delta: vec2f;
  var next_z: vec2f;
  var next_dy: vec2f;
  var next_b: array<f32, PER4>;
  var next_c: array<f32, PER4>;
  var ready: Prepared;
  var scanned: Prepared;
  var dd = 0.0;

  for (var time = 0u; time < tiles + 3u; time++) {
    if (apart(scans)) {
      if (time >= 1u && time < tiles + 2u) {
        let kept = next_kept;
        let spent = next_spent;
        let tile = tile0 + tiles - min(time, tiles);
        //@each p PER4
        //@each s 4
        next_kept[{p}][{s}] = kept_flat((tile * LINE + {p}u * 4u + {s}u) * 4u * params.columns + channel * 4u + share);
        //@end
        //@end
        next_spent = spent_flat(tile * params.columns + channel);
        if (time >= 2u) {
          let buffer = time % 2u;
          let wide = buffer * 2u * WIDE + share;
          // States before the first and before the fifth row.
          var first: array<vec4f, PER4>;
          var fifth: array<vec4f, PER4>;
          //@each p PER4
          first[{p}] = kept[{p}];
          if (has_initial) { first[{p}] += exp2(spent * a[{p}]) * entering[{p}]; }
          fifth[{p}] = first[{p}];
          //@each q 2
          let both = steps[(buffer * PAIRS + {q}u) * 32u + own];
          //@each r 2
          fifth[{p}] = exp2(both[2 * {r}] * a[{p}]) * fifth[{p}] + both[2 * {r} + 1] * inputs[wide + ({q}u * 2u + {r}u) * LINE + {p}u * 4u];
          //@end
          //@end
          //@end
          //@each half 2
          const q = 1u - {half}u;
          let early = steps[(buffer * PAIRS + 2u * q) * 32u + own];
          let late = steps[(buffer * PAIRS + 2u * q + 1u) * 32u + own];
          let four = vec4f(early.xz, late.xz);
          let drives = vec4f(early.yw, late.yw);
          let dout = vec4f(douts[(buffer * PAIRS + 2u * q) * 32u + own], douts[(buffer * PAIRS + 2u * q + 1u) * 32u + own]);
          var y = vec4f();
          var along = vec4f();
          var pulls = vec4f();
          //@each p PER4
          var decay: array<vec4f, 4>;
          var before: array<vec4f, 4>; // decayed
          var over: array<vec4f, 8>; // gradients of B and C of the four rows
          var state = first[{p}];
          if (q == 1u) { state = fifth[{p}]; }
          //@each i 4
          let at = wide + (q * 4u + {i}u) * LINE + {p}u * 4u;
          decay[{i}] = exp2(four[{i}] * a[{p}]);
          before[{i}] = decay[{i}] * state;
          state = before[{i}] + drives[{i}] * inputs[at];
          y[{i}] += dot(state, inputs[at + WIDE]);
          over[4u + {i}u] = dout[{i}] * state;
          //@end
          var lambda = carry[{p}];
          //@each back 4
          const i = 3u - {back}u;
          let at = wide + (q * 4u + i) * LINE + {p}u * 4u;
          lambda += dout[i] * inputs[at + WIDE];
          let pull = lambda * before[i];
          along[i] += dot(lambda, inputs[at]);
          pulls[i] += dot(pull, a[{p}]);
          da[{p}] += four[i] * pull;
          over[i] = drives[i] * lambda;
          lambda *= decay[i];
          //@end
          carry[{p}] = lambda;
          let sum = sum_channels(over, lane);
          if (scans) { sums[buffer * SUMS + ({p}u * 2u + q) * 128u + place] = sum; }
          //@end
          let along_b = quad_sum(along, lane);
          let pull_a = quad_sum(pulls, lane);
          let ungated = quad_sum(y, lane);
          if (scans) {
            let at = buffer * OUTPUTS + (q * 4u + share) * OUTPUT_LINE + own;
            outputs[at] = along_b;
            outputs[at + TILE * OUTPUT_LINE] = pull_a;
            outputs[at + 2u * TILE * OUTPUT_LINE] = ungated;
          }
          //@end
        }
      }
    }
    if (!scans) {
      let u = next_u;
      let delta = next_delta;
      let z = next_z;
      let dy = next_dy;
      let b = next_b;
      let c = next_c;
      if (time < tiles) {
        let row0 = (tiles - 1u - time) * TILE;
        //@each r 2
        let t = start + min(row0 + pair * 2u + {r}u, count - 1u);
        next_u[{r}] = u_at(t, channel);
        next_delta[{r}] = delta_at(t, channel);
        next_z[{r}] = z_at(t, channel);
        next_dy[{r}] = dy_at(t, channel);
        //@end
        //@each p PER4
        let e = place + 128u * {p}u;
        let t = start + min(row0 + e / (4u * LINE), count - 1u);
        let n = e % (4u * LINE);
        next_b[{p}] = select(0.0, b_at(t, min(n, N - 1u)), n < N);
        next_c[{p}] = select(0.0, c_at(t, min(n, N - 1u)), n < N);
        //@end
      }
      if (time >= 3u) {
        let buffer = (time + 1u) % 2u;
        let row0 = (tiles + 2u - time) * TILE;
        //@each r 2
        let i = row0 + pair * 2u + {r}u;
        let at = buffer * OUTPUTS + (pair * 2u + {r}u) * OUTPUT_LINE + own;
        let along = outputs[at];
        let pull = outputs[at + TILE * OUTPUT_LINE];
        let y = outputs[at + 2u * TILE * OUTPUT_LINE];
        if (real && i < count) {
          set_du(start + i, channel, along * scanned.step[{r}] + skip * scanned.dout[{r}]);
          set_ddelta(start + i, channel, (along * scanned.u[{r}] + LOG2 * pull) * scanned.slope[{r}]);
          if (has_z) { set_dz(start + i, channel, scanned.dgate[{r}] * (y + skip * scanned.u[{r}])); }
        }
        //@end
        // Over the subgroups: a thread takes one state of one row.
        let i = row0 + place / 16u;
        //@each p PER4
        let n = {p}u * 16u + place % 16u;
        if (i < count && n < N) {
          // Number (thread / 4) % 8 of eight vec4s, of B's four rows and C's, has the states of its share.
          let at = buffer * SUMS + ({p}u * 2u + place / 64u) * 128u + ((place / 16u) % 4u) * 4u + (place % 16u) / 4u;
          var db = 0.0;
          var dc = 0.0;
          //@each w 4
          db += sums[at + {w}u * 32u][place % 4u];
          dc += sums[at + {w}u * 32u + 16u][place % 4u];
          //@end
          let to = ((block % blocks) * params.rows + start + i) * N + n;
          set_db_part_flat(to, db);
          set_dc_part_flat(to, dc);
        }
        //@end
      }
      scanned = ready;
      if (time >= 1u && time < tiles + 1u) {
        let buffer = (time + 1u) % 2u;
        let row0 = (tiles - time) * TILE + pair * 2u;
        let there = vec2u(row0, row0 + 1u) < vec2u(count);
        ready.u = u;
        ready.dout = select(vec2f(), dy, there & vec2<bool>(real));
        ready.dgate = vec2f();
        //@each r 2
        let e = exp(-abs(delta[{r}]));
        ready.step[{r}] = select(0.0, max(delta[{r}], 0.0) + log1p_unit(e), there[{r}]);
        ready.slope[{r}] = select(e, 1.0, delta[{r}] >= 0.0) / (1.0 + e); // of the softplus
        if (has_z) {
          let s = sigmoid(z[{r}]);
          ready.dgate[{r}] = ready.dout[{r}] * silu_slope(z[{r}], s); // dz = dgate·(ungated y)
          ready.dout[{r}] *= z[{r}] * s;
        }
        //@end
        dd += dot(ready.dout, u);
        steps[(buffer * PAIRS + pair) * 32u + own] = vec4f(ready.step.x, ready.step.x * u.x, ready.step.y, ready.step.y * u.y);
        douts[(buffer * PAIRS + pair) * 32u + own] = ready.dout;
        //@each p PER4
        let e = place + 128u * {p}u;
        inputs[buffer * 2u * WIDE + e / 4u][e % 4u] = b[{p}];
        inputs[buffer * 2u * WIDE + WIDE + e / 4u][e % 4u] = c[{p}];
        //@end
      }
    }
    workgroupBarrier();
  }
  if (!scans) { outputs[place] = dd; }
  workgroupBarrier();
  if (scans && real) {
    //@each p PER4
    //@each i 4
    let n = {p}u * 16u + share * 4u + {i}u;
    if (n < N) { set_da_part_flat(base + n, LOG2 * a[{p}][{i}] * da[{p}][{i}]); }
    //@end
    //@end
    if (share == 0u) {
      set_dd_part_flat(chunk * params.columns + channel, (outputs[own] + outputs[own + 32u]) + (outputs[own + 64u] + outputs[own + 96u]));
    }
  }
}

// What is needed of two rows of a channel once they are scanned.
struct Prepared {
  u: vec2f,
  step: vec2f,
  slope: vec2f,
  dout: vec2f,
  dgate: vec2f,
}
