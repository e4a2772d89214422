// Where the weights of a Mamba block lie in its packed copy (engine/tensor/webgpu/fuse/pack-weights.ts), in vec4s; one such
// record a group. Padding is zero. Step, B and C are kept apart, the step padded to fours, the others to sixteens: the columns of a
// *selection*.
const RANK4 = (RANK + 3u) / 4u;
const N4 = 4u * PER4;
const TAPS4 = (TAPS + 3u) / 4u;
const D4 = D / 4u;
const W4 = W / 4u;
const S4 = RANK4 + 2u * N4; // vec4s of a row of the selection
const NORM_AT = 0u;                          // [W]
const CONV_AT = NORM_AT + W4;                // [D, TAPS]
const CONV_BIAS_AT = CONV_AT + D * TAPS4;    // [D]
const STEP_AT = CONV_BIAS_AT + D4;           // [D, RANK]
const STEP_BIAS_AT = STEP_AT + D * RANK4;    // [D]
const DECAY_AT = STEP_BIAS_AT + D4;          // [D, N]: -exp(A_log)·log2(e)
const SKIP_AT = DECAY_AT + D * N4;           // [D]
const IN_AT = SKIP_AT + D4;                  // forward [W, 2·D], backward [2·D, W]
const SELECT_AT = IN_AT + W * 2u * D4;       // forward [D, 4·S4], backward [4·S4, D]
const OUT_AT = SELECT_AT + D * S4;           // forward [D, W], backward [W, D]
const RECORD = OUT_AT + D * W4;

fn weight(record: u32, at: u32, i: u32) -> f32 {
  return weights_quad(record + at + i / 4u)[i % 4u];
}

const NOWHERE = 0xffffffffu;

// Column of the selection as the plan has it, for column c of the padded one; none: NOWHERE.
fn true_column(c: u32) -> u32 {
  if (c < 4u * RANK4) { return select(NOWHERE, c, c < RANK); }
  let n = (c - 4u * RANK4) % (4u * N4);
  let kind = (c - 4u * RANK4) / (4u * N4);
  return select(NOWHERE, RANK + kind * N + n, n < N);
}
