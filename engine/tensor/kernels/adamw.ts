/**
 * AdamW on flat blocks (arXiv 1711.05101). Words: g, scale, step, rate, parameter, m, v, length, perTask,
 * beta1, beta2 (f64, two words each), eps, weightDecay (f32). In f32 alone 1 - β2 would be off by 5e-5.
 */
import { float, pointer, storeLanes, word } from './vector';
import { splat } from './math';

/** base^n for whole n, by squaring in f64. */
function power(base: f64, n: i32): f64 {
  let result: f64 = 1;
  while (n > 0) {
    if (n & 1) result *= base;
    base *= base;
    n >>= 1;
  }
  return result;
}

export function adamw(args: usize, task: i32, first: bool, scratch: usize): void {
  const scale = load<f32>(pointer(args, 1));
  if (scale == 0) return;
  const step = <i32>load<f32>(pointer(args, 2));
  const rate = splat(load<f32>(pointer(args, 3)));
  const beta1 = load<f64>(args + 36), beta2 = load<f64>(args + 44);
  const correct1 = splat(<f32>(1 / (1 - power(beta1, step))));
  const correct2 = splat(<f32>(1 / (1 - power(beta2, step))));
  const eps = splat(float(args, 13)), decay = splat(float(args, 14));
  const b1 = splat(<f32>beta1), b2 = splat(<f32>beta2);
  const n1 = splat(<f32>(1 - beta1)), n2 = splat(<f32>(1 - beta2));
  const scales = splat(scale);
  const length = word(args, 7), perTask = word(args, 8);
  const end = min(length, (task + 1) * perTask);
  for (let i = task * perTask; i < end; i += 4) {
    const at = (<usize>i) << 2;
    const g = f32x4.mul(v128.load(pointer(args, 0) + at), scales);
    const p = v128.load(pointer(args, 4) + at);
    const m = f32x4.add(f32x4.mul(v128.load(pointer(args, 5) + at), b1), f32x4.mul(g, n1));
    const v = f32x4.add(f32x4.mul(v128.load(pointer(args, 6) + at), b2), f32x4.mul(f32x4.mul(g, g), n2));
    const direction = f32x4.div(f32x4.mul(m, correct1), f32x4.add(f32x4.sqrt(f32x4.mul(v, correct2)), eps));
    const next = f32x4.sub(p, f32x4.mul(rate, f32x4.add(direction, f32x4.mul(decay, p))));
    storeLanes(pointer(args, 4) + at, next, end - i);
    storeLanes(pointer(args, 5) + at, m, end - i);
    storeLanes(pointer(args, 6) + at, v, end - i);
  }
}
