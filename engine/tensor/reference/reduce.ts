import type { Present, ReferenceKernel } from './kernel';

export const columnSum: ReferenceKernel<'column-sum'> = ({ inputs, outputs, attributes }) => {
  const [x] = inputs as Present;
  const [y] = outputs as Present;
  const rowsEach = x!.rows / attributes.groups;
  y!.fill(0);
  for (let row = 0; row < x!.rows; row++)
    for (let column = 0; column < x!.columns; column++) y!.add(Math.floor(row / rowsEach), column, x!.at(row, column));
};

export const rowSum: ReferenceKernel<'row-sum'> = ({ inputs, outputs }) => {
  const [x] = inputs as Present;
  const [y] = outputs as Present;
  for (let row = 0; row < x!.rows; row++) {
    let total = 0;
    for (let column = 0; column < x!.columns; column++) total += x!.at(row, column);
    y!.set(row, 0, total);
  }
};
