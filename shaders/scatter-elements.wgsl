// scatter-elements, in place: pool[base + slots[sequence]·stride] = x[r], (base, stride, sequence) = triples[r].
//! in x [R, 1]
//! in slots [S, 1]
//! out pool     taken flat
//! index triples
//! uniform rows

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let r = (group.y * grid.x + group.x) * 256u + lane;
  if (r >= params.rows) { return; }
  let slot = u32(slots_at(triples_at(3u * r + 2u), 0u));
  set_pool_flat(triples_at(3u * r) + slot * triples_at(3u * r + 1u), x_at(r, 0u));
}
