import type { Present, ReferenceKernel } from './kernel';
import type { Matrix } from './matrix';

function reciprocalRms(x: Matrix, row: number, eps: number): number {
  let squares = 0;
  for (let column = 0; column < x.columns; column++) squares += x.at(row, column) ** 2;
  return 1 / Math.sqrt(squares / x.columns + eps);
}

export const rmsNorm: ReferenceKernel<'rms-norm'> = ({ inputs, outputs, attributes }) => {
  const [x, weight] = inputs as Present;
  const [y] = outputs as Present;
  const rowsEach = x!.rows / attributes.groups;
  for (let row = 0; row < x!.rows; row++) {
    const r = reciprocalRms(x!, row, attributes.eps);
    const g = Math.floor(row / rowsEach);
    for (let column = 0; column < x!.columns; column++) y!.set(row, column, x!.at(row, column) * r * weight!.at(g, column));
  }
};

export const rmsNormBackward: ReferenceKernel<'rms-norm-backward'> = ({ inputs, outputs, attributes }) => {
  const [x, weight, dy] = inputs as Present;
  const [dx, p] = outputs;
  const { columns } = x!;
  const rowsEach = x!.rows / attributes.groups;
  for (let row = 0; row < x!.rows; row++) {
    const r = reciprocalRms(x!, row, attributes.eps);
    const g = Math.floor(row / rowsEach);
    let dot = 0;
    for (let c = 0; c < columns; c++) dot += dy!.at(row, c) * weight!.at(g, c) * x!.at(row, c);
    for (let c = 0; c < columns; c++) {
      dx?.set(row, c, r * dy!.at(row, c) * weight!.at(g, c) - (r ** 3 * x!.at(row, c) * dot) / columns);
      p?.set(row, c, dy!.at(row, c) * x!.at(row, c) * r);
    }
  }
};
