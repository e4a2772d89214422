// Exchange between threads of a workgroup, through workgroup memory; lanes-subgroups.wgsl is the same where subgroups of 32
// threads or more do it in registers. A *quad* is four threads in a row, their numbers from a multiple of four on. All
// threads of the workgroup (at most 256) must call these together.
var<workgroup> lane_values: array<vec4f, 256>;

// The value that thread `lane ^ mask` gives; mask < 32.
fn swapped(value: vec4f, mask: u32, lane: u32) -> vec4f {
  lane_values[lane] = value;
  workgroupBarrier();
  let other = lane_values[lane ^ mask];
  workgroupBarrier();
  return other;
}

// What the four threads of this one's quad give, in order.
fn quad_values(value: f32, lane: u32) -> vec4f {
  lane_values[lane].x = value;
  workgroupBarrier();
  let first = lane & ~3u;
  let all = vec4f(lane_values[first].x, lane_values[first + 1u].x, lane_values[first + 2u].x, lane_values[first + 3u].x);
  workgroupBarrier();
  return all;
}

// Element i, summed over the quad, for the quad's thread i.
fn quad_sum(value: vec4f, lane: u32) -> f32 {
  lane_values[lane] = value;
  workgroupBarrier();
  let first = lane & ~3u;
  let sum = (lane_values[first] + lane_values[first + 1u]) + (lane_values[first + 2u] + lane_values[first + 3u]);
  workgroupBarrier();
  return sum[lane & 3u];
}
