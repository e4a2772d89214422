// Functions that other files include (`//! include math`). Built-ins whose precision or range WGSL leaves open are
// replaced by forms that stay within a few units in the last place of f32 over the whole range.

// log(1 + e) for e in [0, 1]; the series keeps relative precision where e is small.
fn log1p_unit(e: f32) -> f32 {
  let series = e * (1.0 - e * (0.5 - e * (0.33333333 - e * (0.25 - e * (0.2 - e * 0.16666667)))));
  return select(log(1.0 + e), series, e < 0.06);
}

fn softplus(v: f32) -> f32 {
  return max(v, 0.0) + log1p_unit(exp(-abs(v)));
}

fn sigmoid(v: f32) -> f32 {
  return 1.0 / (1.0 + exp(clamp(-v, -87.0, 87.0)));
}

fn silu(v: f32) -> f32 {
  return v * sigmoid(v);
}

// d silu(v) / dv, given s = sigmoid(v)
fn silu_slope(v: f32, s: f32) -> f32 {
  return s * (1.0 + v * (1.0 - s));
}

// The built-in tanh may overflow for large arguments and lose digits for small ones.
fn tanh_safe(v: f32) -> f32 {
  let s = v * v;
  let small = v * (1.0 - s * (0.33333333 - s * (0.13333333 - s * (0.053968254 - s * (0.021869488 - s * (0.0088632355 - s * (0.0035921280 - s * 0.0014558344)))))));
  let e = exp(-2.0 * min(abs(v), 20.0));
  return select(sign(v) * (1.0 - e) / (1.0 + e), small, s < 0.25);
}

// 1 - e^x for x <= 0, with full relative precision near 0.
fn one_minus_exp(x: f32) -> f32 {
  let series = -x * (1.0 + x * 0.5 * (1.0 + x * 0.33333333 * (1.0 + x * 0.25 * (1.0 + x * 0.2))));
  return select(1.0 - exp(x), series, x > -0.2);
}

// -log(u) for u in (0, 1); the series keeps relative precision where u is near 1.
fn minus_log_unit(u: f32) -> f32 {
  let d = 1.0 - u;
  let series = d * (1.0 + d * (0.5 + d * (0.33333333 + d * (0.25 + d * (0.2 + d * (0.16666667 + d * 0.14285714))))));
  return select(-log(u), series, d < 0.1);
}

// 0 none, 1 relu, 2 tanh, 3 silu
fn activate(kind: u32, v: f32) -> f32 {
  switch kind {
    case 1u: { return max(v, 0.0); }
    case 2u: { return tanh_safe(v); }
    case 3u: { return silu(v); }
    default: { return v; }
  }
}
