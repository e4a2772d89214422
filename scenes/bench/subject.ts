/** What lies on the bench: a sizing of a circuit, and where it comes from. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import { physicalValue } from '../format/distance';
import type { Studio } from '../shell/scene';
import { circuitIdOf } from '../shell/studio';

export interface Subject {
  readonly info: CircuitInfo;
  /** Physical values, [P]. */
  readonly parameters: Float64Array;
  /** `best after 120 simulations`, `environment 3`, `point 88`, `initial sizing`. */
  readonly origin: string;
}

/** What is selected; with nothing selected the best sizing of the circuit that is shown, or its initial one before there is any. */
export async function subjectOf(studio: Studio): Promise<Subject | null> {
  const catalogue = studio.catalogue.value;
  const snapshot = studio.snapshot.value;
  if (!catalogue || !snapshot) return null;
  const selected = studio.selected.value;
  const id = circuitIdOf(studio, selected) ?? studio.circuit.value;
  const info = catalogue.circuits.find((circuit) => circuit.id === id) ?? catalogue.circuits[0];
  if (!info) return null;
  if (selected?.kind === 'environment' && selected.environment < snapshot.environments.count) {
    const { parameterOffset, parameters } = snapshot.environments;
    const from = parameterOffset[selected.environment];
    const origin = `environment ${selected.environment} at tick ${snapshot.tick}`;
    return { info, parameters: parameters.slice(from, from + info.parameters.length), origin };
  }
  if (selected?.kind === 'point') {
    const { u, count } = await studio.ask('points', { circuit: info.index, since: selected.point, limit: 1 });
    if (count > 0) return { info, parameters: toPhysical(info, u), origin: `point ${selected.point}` };
  }
  return bestOf(studio, info);
}

export function bestOf(studio: Studio, info: CircuitInfo): Subject {
  const best = studio.snapshot.value?.progress.find(({ circuit }) => circuit === info.index)?.best;
  if (!best) return initialOf(info);
  return { info, parameters: best.parameters.slice(), origin: `best so far, simulation ${best.simulation}` };
}

export function initialOf(info: CircuitInfo): Subject {
  return { info, parameters: Float64Array.from(info.parameters, ({ initial }) => initial), origin: 'initial sizing' };
}

function toPhysical(info: CircuitInfo, u: ArrayLike<number>): Float64Array {
  return Float64Array.from(info.parameters, (parameter, p) => onGrid(physicalValue(parameter, u[p]), parameter.grid));
}

/** The nearest whole multiple of the grid, where there is one. */
export function onGrid(value: number, grid: number | undefined): number {
  return grid === undefined ? value : Math.round(value / grid) * grid;
}
