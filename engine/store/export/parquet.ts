import { parquetWriteBuffer } from 'hyparquet-writer';
import type { StoredSimulation } from '../sql/queries';
import type { TableColumn } from './table';

/** A Parquet file of simulations, a column each; missing values are null. */
export function toParquet(columns: readonly TableColumn[], simulations: Iterable<StoredSimulation>): Uint8Array {
  const data = columns.map((): unknown[] => []);
  for (const simulation of simulations) {
    for (const [c, column] of columns.entries()) {
      const value = column.value(simulation);
      data[c]!.push(Number.isNaN(value) ? null : value);
    }
  }
  const buffer = parquetWriteBuffer({
    columnData: columns.map(({ name, type }, c) => ({ name, type, data: data[c]!, nullable: true })),
  });
  return new Uint8Array(buffer);
}
