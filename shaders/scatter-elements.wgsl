// scatter-elements, in place: pool[base + slots[sequence]·stride] = x[r], (base, stride, sequence) = triples[r].
//! in x [R, 1]
//! in slots [S, 1]
//! out pool     taken flat
//! index triples
//! points
//! uniform rows
//! uniform columns

alias Value = f32;

fn compute(r: u32, column: u32) -> Value {
  return x_at(r, 0u);
}

fn store(r: u32, column: u32, value: Value) {
  let slot = u32(slots_at(triples_at(3u * r + 2u), 0u));
  set_pool_flat(triples_at(3u * r) + slot * triples_at(3u * r + 1u), value);
}
