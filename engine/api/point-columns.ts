/** The columns of simulated points: what each holds, how many values a point has in it, and how they grow. */
import type { Points } from './questions';

/** Empty, of the types in which `Points` comes. */
export function emptyPointColumns() {
  return {
    simulation: new Uint32Array(0),
    tick: new Uint32Array(0),
    slot: new Uint32Array(0),
    episode: new Uint32Array(0),
    step: new Uint16Array(0),
    phase: new Uint8Array(0),
    origin: new Uint8Array(0),
    valid: new Uint8Array(0),
    met: new Uint8Array(0),
    reward: new Float32Array(0),
    u: new Float32Array(0),
    measures: new Float64Array(0),
    predicted: new Float32Array(0),
    spread: new Float32Array(0),
    validity: new Float32Array(0),
  } satisfies Partial<Points>;
}

export type PointColumnSet = ReturnType<typeof emptyPointColumns>;
export type PointColumnName = keyof PointColumnSet;
export type PointColumn = PointColumnSet[PointColumnName];

export const POINT_COLUMNS = Object.keys(emptyPointColumns()) as readonly PointColumnName[];

/** Values that a point of a circuit with so many parameters and specs has in a column. */
export function widthOfColumn(name: PointColumnName, parameters: number, specs: number): number {
  if (name === 'u') return parameters;
  return name === 'measures' || name === 'predicted' || name === 'spread' ? specs : 1;
}

/** Makes room for `room` points; what was there stays. */
export function growPointColumns(columns: PointColumnSet, room: number, parameters: number, specs: number): void {
  for (const name of POINT_COLUMNS) {
    const grown = new (columns[name].constructor as new (length: number) => PointColumn)(
      room * widthOfColumn(name, parameters, specs),
    );
    grown.set(columns[name]);
    Object.assign(columns, { [name]: grown });
  }
}
