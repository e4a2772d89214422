// Sums over channels that threads in a row have, with lanes.wgsl. All threads of the workgroup must call this together.

// Of eight vec4s, number (lane / 4) % 8 summed over the eight channels of 32 threads: half of what a thread has changes
// sides, three times.
fn sum_channels(rows: array<vec4f, 8>, lane: u32) -> vec4f {
  let third = (lane & 16u) != 0u;
  let second = (lane & 8u) != 0u;
  let first = (lane & 4u) != 0u;
  let a = select(rows[0], rows[4], third) + swapped(select(rows[4], rows[0], third), 16u, lane);
  let b = select(rows[1], rows[5], third) + swapped(select(rows[5], rows[1], third), 16u, lane);
  let c = select(rows[2], rows[6], third) + swapped(select(rows[6], rows[2], third), 16u, lane);
  let d = select(rows[3], rows[7], third) + swapped(select(rows[7], rows[3], third), 16u, lane);
  let e = select(a, c, second) + swapped(select(c, a, second), 8u, lane);
  let f = select(b, d, second) + swapped(select(d, b, second), 8u, lane);
  return select(e, f, first) + swapped(select(f, e, first), 4u, lane);
}

// Of one vec4, element (lane / 4) % 4 summed over the eight channels of 32 threads.
fn sum_channels_once(row: vec4f, lane: u32) -> f32 {
  let second = (lane & 8u) != 0u;
  let first = (lane & 4u) != 0u;
  let two = select(row.xy, row.zw, second) + swapped(vec4f(select(row.zw, row.xy, second), 0.0, 0.0), 8u, lane).xy;
  let one = select(two.x, two.y, first) + swapped(vec4f(select(two.y, two.x, first), 0.0, 0.0, 0.0), 4u, lane).x;
  return one + swapped(vec4f(one, 0.0, 0.0, 0.0), 16u, lane).x;
}
