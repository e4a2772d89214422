// causal-conv-backward, first pass: dx, and the sums of one run of rows for dweight and dbias.
// A thread takes one channel and walks a run of rows from its end, keeping the last K gradients of the pre-activation
// (recomputed, also for the K-1 rows after the run). part[run, d, 0..K-1] belongs to dweight, part[run, d, K] to dbias.
//! blocks 64
//! include math
//! in x [R, D]
//! in weight [G·D, K]
//! in bias [G, D]
//! in dy [R, D]
//! out dx? [R, D]
//! out dweight_part [runs, D·K]
//! out dbias_part [runs, D]
//! index first_row    row where the segment of each row starts
//! index end_row      row after the segment of each row
//! index runs         first row of each run; runs do not cross groups
//! uniform columns
//! uniform group_rows
//! constant WIDTH
//! constant SILU

fn run_block(block: u32, lane: u32) {
  let blocks = (params.columns + 63u) / 64u;
  let run = block / blocks;
  let d = (block % blocks) * 64u + lane;
  if (d >= params.columns || run + 1u >= params.runs_length) { return; }
  let start = runs_at(run);
  let end = runs_at(run + 1u);
  let g = start / params.group_rows;
  var weight: array<f32, WIDTH>;
  for (var j = 0u; j < WIDTH; j++) { weight[j] = weight_at(g * params.columns + d, j); }
  let bias = bias_at(g, d);

  var gradient: array<f32, WIDTH>; // gradient[i] is that of row t + i
  var dweight: array<f32, WIDTH>;
  var dbias = 0.0;
  let last = min(end + WIDTH - 1u, end_row_at(end - 1u));
  for (var t = last; t > start; ) {
    t -= 1u;
    let first = first_row_at(t);
    for (var i = WIDTH - 1u; i > 0u; i--) { gradient[i] = gradient[i - 1u]; }
    var taps: array<f32, WIDTH>;
    var sum = bias;
    for (var j = 0u; j < WIDTH; j++) {
      taps[j] = 0.0;
      if (t + j >= first + WIDTH - 1u) { taps[j] = x_at(t + j - (WIDTH - 1u), d); }
      sum += weight[j] * taps[j];
    }
    var slope = dy_at(t, d);
    if (SILU == 1u) {
      let s = sigmoid(sum);
      slope *= silu_slope(sum, s);
    }
    gradient[0] = slope;
    if (t < end) {
      let limit = end_row_at(t);
      var dx = 0.0;
      for (var i = 0u; i < WIDTH; i++) {
        if (t + i < limit) { dx += weight[WIDTH - 1u - i] * gradient[i]; }
        dweight[i] += slope * taps[i];
      }
      set_dx(t, d, dx);
      dbias += slope;
    }
  }
  for (var j = 0u; j < WIDTH; j++) { set_dweight_part_flat((run * params.columns + d) * WIDTH + j, dweight[j]); }
  set_dbias_part_flat(run * params.columns + d, dbias);
}
