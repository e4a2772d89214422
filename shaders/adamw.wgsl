// adamw, in place on flat blocks (arXiv 1711.05101); everything is left alone where scale = 0.
//! blocks 256
//! include math
//! in gradient    flat [length]
//! in scale [1, 1]
//! in step [1, 1]
//! in rate [1, 1]
//! out parameter  flat [length]
//! out m          flat [length]
//! out v          flat [length]
//! uniform length
//! uniform beta1: f32
//! uniform beta2: f32
//! uniform one_minus_beta1: f32
//! uniform one_minus_beta2: f32
//! uniform log_beta1: f32
//! uniform log_beta2: f32
//! uniform eps: f32
//! uniform weight_decay: f32

fn run_block(block: u32, lane: u32) {
  let i = block * 256u + lane;
  let scale = scale_at(0u, 0u);
  if (i >= params.length || scale == 0.0) { return; }
  let g = scale * gradient_flat(i);
  let t = step_at(0u, 0u);
  let m = params.beta1 * m_flat(i) + params.one_minus_beta1 * g;
  let v = params.beta2 * v_flat(i) + params.one_minus_beta2 * g * g;
  set_m_flat(i, m);
  set_v_flat(i, v);
  let mean = m / one_minus_exp(t * params.log_beta1);
  let deviation = sqrt(v / one_minus_exp(t * params.log_beta2)) + params.eps;
  let p = parameter_flat(i);
  set_parameter_flat(i, p - rate_at(0u, 0u) * (mean / deviation + params.weight_decay * p));
}
