// What the Mamba block kernels have in common: how a segment of short rows lies before a workgroup of threads.
//! blocks THREADS
//! include math
//! include lanes
//! index segments
//! uniform group_rows
//! uniform reversed
//! uniform eps: f32
//! uniform stores         bits: which of the optional results are written
//! constant W             a multiple of 4
//! constant D             a multiple of 4
//! constant N
//! constant RANK
//! constant TAPS          at most 5
//! constant QUADS         segments have at most 4·QUADS rows
//! constant THREADS       128 or 256
//! constant OWN           quads of a half of the threads, at most
//! constant PER4          vec4s of states of a thread: N / 16, rounded up

const ROWS = 4u * QUADS;
// Channels that are scanned at once: four threads, a quad, have a channel. Thread `share` of it has the states 16·p + 4·share + 0
// … 3, and of four rows number `share` to prepare for the others.
const SPAN = THREADS / 4u;

fn natural_row(start: u32, count: u32, t: u32) -> u32 {
  return start + select(t, count - 1u - t, params.reversed != 0u);
}

fn stored(bit: u32) -> bool {
  return (params.stores & (1u << bit)) != 0u;
}

// Which rows of a quad exist.
fn inside(count: u32, quad: u32) -> vec4<bool> {
  return vec4u(quad * 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(count);
}

// Four rows of a channel after the convolution, before its activation, from the four before them.
fn convolved(before: vec4f, x: vec4f, taps: array<f32, TAPS>, bias: f32) -> vec4f {
  var rows = array<f32, 8>(before.x, before.y, before.z, before.w, x.x, x.y, x.z, x.w);
  var sum = vec4f(bias);
  //@each i 4
  //@each j TAPS
  sum[{i}] += taps[{j}] * rows[5u + {i}u + {j}u - TAPS];
  //@end
  //@end
  return sum;
}
