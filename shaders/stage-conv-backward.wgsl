// stage-conv-backward: gradients of the causal convolution over the segments of one part; a range is a segment. A thread
// walks one channel of one segment from its end. dweight and dbias are one row a segment, summed in a later dispatch.
//! include math
//! ranges
//! in x [R, D]
//! in weight [G·D, K]
//! in bias [G, D]
//! in dy [R, D]
//! out dx? [R, D]
//! out dweight_part? [S, D·K]
//! out dbias_part? [S, D]
//! index segment_of_row
//! uniform columns
//! uniform group_rows
//! constant WIDTH
//! constant SILU

fn run(lane: u32) {
  for (var item = lane; item < range_count() * params.columns; item += 256u) {
    let d = item % params.columns;
    let start = range_start(item / params.columns);
    let end = range_end(item / params.columns);
    if (start == end) { continue; }
    let g = start / params.group_rows;
    var weight: array<f32, WIDTH>;
    var gradient: array<f32, WIDTH>; // gradient[i] is that of row t + i
    var dweight: array<f32, WIDTH>;
    for (var j = 0u; j < WIDTH; j++) {
      weight[j] = weight_at(g * params.columns + d, j);
      gradient[j] = 0.0;
      dweight[j] = 0.0;
    }
    let bias = bias_at(g, d);
    var dbias = 0.0;
    for (var t = end; t > start; ) {
      t -= 1u;
      for (var i = WIDTH - 1u; i > 0u; i--) { gradient[i] = gradient[i - 1u]; }
      var taps: array<f32, WIDTH>;
      var sum = bias;
      for (var j = 0u; j < WIDTH; j++) {
        taps[j] = 0.0;
        if (t + j >= start + WIDTH - 1u) { taps[j] = x_at(t + j - (WIDTH - 1u), d); }
        sum += weight[j] * taps[j];
      }
      var slope = dy_at(t, d);
      if (SILU == 1u) { slope *= silu_slope(sum, sigmoid(sum)); }
      gradient[0] = slope;
      var dx = 0.0;
      for (var i = 0u; i < WIDTH; i++) {
        dx += weight[WIDTH - 1u - i] * gradient[i];
        dweight[i] += slope * taps[i];
      }
      set_dx(t, d, dx);
      dbias += slope;
    }
    let segment = segment_of_row_at(start);
    for (var j = 0u; j < WIDTH; j++) { set_dweight_part(segment, d * WIDTH + j, dweight[j]); }
    set_dbias_part(segment, d, dbias);
  }
}
