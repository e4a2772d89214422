import { sigmoid, silu, siluDerivative, softplus } from './functions';
import type { Present, ReferenceKernel } from './kernel';

export const selectiveScan: ReferenceKernel<'selective-scan'> = ({ inputs, outputs, index, attributes }) => {
  const [u, delta, aLog, b, c, d] = inputs as Present;
  const z = inputs[6] ?? null;
  const [y] = outputs as Present;
  const [segments] = index;
  const rowsEach = u!.rows / attributes.groups;
  const D = u!.columns;
  const N = aLog!.columns;
  for (let s = 0; s + 1 < segments!.length; s++)
    for (let channel = 0; channel < D; channel++) {
      const h = new Float64Array(N);
      for (let t = segments![s]!; t < segments![s + 1]!; t++) {
        const g = Math.floor(t / rowsEach);
        const step = softplus(delta!.at(t, channel));
        let total = d!.at(g, channel) * u!.at(t, channel);
        for (let n = 0; n < N; n++) {
          const a = -Math.exp(aLog!.at(g * D + channel, n));
          h[n] = Math.exp(step * a) * h[n]! + step * u!.at(t, channel) * b!.at(t, n);
          total += c!.at(t, n) * h[n]!;
        }
        y!.set(t, channel, z ? total * silu(z.at(t, channel)) : total);
      }
    }
};

/** Reverse pass over each segment and channel, with λ_t = dL/dh_t carried from the end to the start. */
export const selectiveScanBackward: ReferenceKernel<'selective-scan-backward'> = ({ inputs, outputs, index, attributes }) => {
  const [u, delta, aLog, b, c, d] = inputs as Present;
  const z = inputs[6] ?? null;
  const dy = inputs[7]!;
  const [du, ddelta, daLog, db, dc, dd, dz] = outputs;
  const [segments] = index;
  const rowsEach = u!.rows / attributes.groups;
  const D = u!.columns;
  const N = aLog!.columns;
  for (const output of outputs) output?.fill(0);
  for (let s = 0; s + 1 < segments!.length; s++) {
    const start = segments![s]!;
    const length = segments![s + 1]! - start;
    const g = Math.floor(start / rowsEach);
    for (let channel = 0; channel < D; channel++) {
      const a = Float64Array.from({ length: N }, (_, n) => -Math.exp(aLog!.at(g * D + channel, n)));
      // states[t + 1] is the state after row t; states[0] is zero.
      const states = Array.from({ length: length + 1 }, () => new Float64Array(N));
      for (let i = 0; i < length; i++) {
        const step = softplus(delta!.at(start + i, channel));
        for (let n = 0; n < N; n++)
          states[i + 1]![n] = Math.exp(step * a[n]!) * states[i]![n]! + step * u!.at(start + i, channel) * b!.at(start + i, n);
      }
      const lambda = new Float64Array(N);
      for (let i = length - 1; i >= 0; i--) {
        const t = start + i;
        const x = u!.at(t, channel);
        const step = softplus(delta!.at(t, channel));
        let slope = dy.at(t, channel);
        if (z) {
          let ungated = d!.at(g, channel) * x;
          for (let n = 0; n < N; n++) ungated += c!.at(t, n) * states[i + 1]![n]!;
          dz?.add(t, channel, slope * ungated * siluDerivative(z.at(t, channel)));
          slope *= silu(z.at(t, channel));
        }
        dd?.add(g, channel, slope * x);
        let dx = slope * d!.at(g, channel);
        let dstep = 0;
        for (let n = 0; n < N; n++) {
          const decay = Math.exp(step * a[n]!);
          const before = states[i]![n]!;
          dc?.add(t, n, slope * states[i + 1]![n]!);
          lambda[n]! += slope * c!.at(t, n);
          dx += lambda[n]! * step * b!.at(t, n);
          db?.add(t, n, lambda[n]! * step * x);
          dstep += lambda[n]! * (decay * a[n]! * before + x * b!.at(t, n));
          // dA/d(aLog) = A.
          daLog?.add(g * D + channel, n, lambda[n]! * decay * step * before * a[n]!);
          lambda[n]! *= decay;
        }
        du?.add(t, channel, dx);
        ddelta?.add(t, channel, dstep * sigmoid(delta!.at(t, channel)));
      }
    }
  }
};
