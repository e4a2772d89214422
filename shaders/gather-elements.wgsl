// gather-elements: y[r] = pool[base + slots[sequence]·stride], (base, stride, sequence) = triples[r].
//! in pool     taken flat
//! in slots [S, 1]
//! out y [R, 1]
//! index triples
//! points
//! uniform rows
//! uniform columns

fn point(r: u32, column: u32) {
  let slot = u32(slots_at(triples_at(3u * r + 2u), 0u));
  set_y(r, 0u, pool_flat(triples_at(3u * r) + slot * triples_at(3u * r + 1u)));
}
