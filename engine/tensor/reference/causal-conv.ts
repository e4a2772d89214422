import { silu, siluDerivative } from './functions';
import type { Present, ReferenceKernel } from './kernel';
import type { Matrix } from './matrix';

/** Calls `visit` for each tap that lies within the segment of row t. */
function taps(start: number, t: number, width: number, visit: (tap: number, row: number) => void): void {
  for (let tap = 0; tap < width; tap++) {
    const row = t - (width - 1) + tap;
    if (row >= start) visit(tap, row);
  }
}

function preactivation(x: Matrix, weight: Matrix, bias: Matrix, start: number, t: number, d: number, g: number): number {
  let total = bias.at(g, d);
  taps(start, t, weight.columns, (tap, row) => {
    total += weight.at(g * x.columns + d, tap) * x.at(row, d);
  });
  return total;
}

export const causalConv: ReferenceKernel<'causal-conv'> = ({ inputs, outputs, index, attributes }) => {
  const [x, weight, bias] = inputs as Present;
  const [y] = outputs as Present;
  const [segments] = index;
  const rowsEach = x!.rows / attributes.groups;
  for (let s = 0; s + 1 < segments!.length; s++)
    for (let t = segments![s]!; t < segments![s + 1]!; t++)
      for (let d = 0; d < x!.columns; d++) {
        const value = preactivation(x!, weight!, bias!, segments![s]!, t, d, Math.floor(t / rowsEach));
        y!.set(t, d, attributes.activation === 'silu' ? silu(value) : value);
      }
};

export const causalConvBackward: ReferenceKernel<'causal-conv-backward'> = ({ inputs, outputs, index, attributes }) => {
  const [x, weight, bias, dy] = inputs as Present;
  const [dx, dweight, dbias] = outputs;
  const [segments] = index;
  const rowsEach = x!.rows / attributes.groups;
  for (const output of outputs) output?.fill(0);
  for (let s = 0; s + 1 < segments!.length; s++) {
    const start = segments![s]!;
    for (let t = start; t < segments![s + 1]!; t++) {
      const g = Math.floor(t / rowsEach);
      for (let d = 0; d < x!.columns; d++) {
        let slope = dy!.at(t, d);
        if (attributes.activation === 'silu') slope *= siluDerivative(preactivation(x!, weight!, bias!, start, t, d, g));
        dbias?.add(g, d, slope);
        const channel = g * x!.columns + d;
        taps(start, t, attributes.width, (tap, row) => {
          dweight?.add(channel, tap, slope * x!.at(row, d));
          dx?.add(row, d, slope * weight!.at(channel, tap));
        });
      }
    }
  }
};
