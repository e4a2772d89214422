import type { Present, ReferenceKernel } from './kernel';

export const copy: ReferenceKernel<'copy'> = ({ inputs, outputs }) => {
  const [x] = inputs as Present;
  const [y] = outputs as Present;
  for (let row = 0; row < y!.rows; row++)
    for (let column = 0; column < y!.columns; column++) y!.set(row, column, x!.at(row, column));
};

export const gatherRows: ReferenceKernel<'gather-rows'> = ({ inputs, outputs, index, attributes }) => {
  const [x] = inputs as Present;
  const [y] = outputs as Present;
  const [indices, starts] = index;
  for (let m = 0; m < y!.rows; m++)
    for (let column = 0; column < y!.columns; column++) {
      let total = 0;
      const end = starts ? starts[m + 1]! : m + 1;
      for (let j = starts ? starts[m]! : m; j < end; j++) total += x!.at(indices![j]!, column);
      y!.set(m, column, attributes.scale * total);
    }
};

export const gatherElements: ReferenceKernel<'gather-elements'> = ({ inputs, outputs, index }) => {
  const [pool, slots] = inputs as Present;
  const [y] = outputs as Present;
  for (let r = 0; r < y!.rows; r++) y!.set(r, 0, pool!.flat(element(index[0]!, r, slots!.at(index[0]![3 * r + 2]!, 0))));
};

export const scatterElements: ReferenceKernel<'scatter-elements'> = ({ inputs, outputs, index }) => {
  const [x, slots] = inputs as Present;
  const [pool] = outputs as Present;
  for (let r = 0; r < x!.rows; r++) pool!.setFlat(element(index[0]!, r, slots!.at(index[0]![3 * r + 2]!, 0)), x!.at(r, 0));
};

function element(triples: Int32Array, r: number, slot: number): number {
  return triples[3 * r]! + slot * triples[3 * r + 1]!;
}
