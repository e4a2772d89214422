// lanes.wgsl by subgroup operations: for subgroups of at least 32 threads, consecutive ones.
fn swapped(value: vec4f, mask: u32, lane: u32) -> vec4f {
  return subgroupShuffleXor(value, mask);
}

fn quad_values(value: f32, lane: u32) -> vec4f {
  return vec4f(quadBroadcast(value, 0u), quadBroadcast(value, 1u), quadBroadcast(value, 2u), quadBroadcast(value, 3u));
}

// Two steps: halves of the elements change sides, then halves of what is left.
fn quad_sum(value: vec4f, lane: u32) -> f32 {
  let upper = (lane & 2u) != 0u;
  let two = select(value.xy, value.zw, upper) + subgroupShuffleXor(select(value.zw, value.xy, upper), 2u);
  let odd = (lane & 1u) != 0u;
  return select(two.x, two.y, odd) + subgroupShuffleXor(select(two.y, two.x, odd), 1u);
}
