// selective-scan-carry, in place: state[chunk] becomes the state that enters the chunk, given what each chunk adds.
// A thread takes one state of one channel of one segment and goes over its chunks; REVERSE 1 from the last to the first.
//! blocks 64
//! in a_log [G·D, N]
//! in total [chunks, D]
//! out state [chunks, D·N]
//! index chunks           first row of each chunk
//! index segment_chunks   first chunk of each segment
//! uniform columns
//! uniform group_rows
//! constant N
//! constant REVERSE

fn run_block(block: u32, lane: u32) {
  let width = params.columns * N;
  let blocks = (width + 63u) / 64u;
  let segment = block / blocks;
  let i = (block % blocks) * 64u + lane;
  if (i >= width || segment + 1u >= params.segment_chunks_length) { return; }
  let first = segment_chunks_at(segment);
  let end = segment_chunks_at(segment + 1u);
  if (first == end) { return; }
  let g = chunks_at(first) / params.group_rows;
  let a = -exp(a_log_at(g * params.columns + i / N, i % N));
  var carry = 0.0;
  for (var k = first; k < end; k++) {
    let chunk = select(k, end - 1u - (k - first), REVERSE == 1u);
    let added = state_flat(chunk * width + i);
    set_state_flat(chunk * width + i, carry);
    carry = exp(a * total_flat(chunk * params.columns + i / N)) * carry + added;
  }
}
