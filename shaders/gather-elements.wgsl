// gather-elements: y[r] = pool[base + slots[sequence]·stride], (base, stride, sequence) = triples[r].
//! in pool     taken flat
//! in slots [S, 1]
//! out y [R, 1]
//! index triples
//! points
//! uniform rows
//! uniform columns

alias Value = f32;

fn compute(r: u32, column: u32) -> Value {
  let slot = u32(slots_at(triples_at(3u * r + 2u), 0u));
  return pool_flat(triples_at(3u * r) + slot * triples_at(3u * r + 1u));
}

fn store(r: u32, column: u32, value: Value) {
  set_y(r, 0u, value);
}
