/** What lies on the bench: a sizing of a circuit, and where it comes from. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import { initialSizing, sizingToPhysical } from '../../engine/api/parameter-space';
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
    if (count > 0) return { info, parameters: sizingToPhysical(info.parameters, u), origin: `point ${selected.point}` };
  }
  return bestOf(studio, info);
}

export function bestOf(studio: Studio, info: CircuitInfo): Subject {
  const best = studio.snapshot.value?.progress.find(({ circuit }) => circuit === info.index)?.best;
  if (!best) return initialOf(info);
  return { info, parameters: best.parameters.slice(), origin: `best so far, simulation ${best.simulation}` };
}

export function initialOf(info: CircuitInfo): Subject {
  return { info, parameters: initialSizing(info.parameters), origin: 'initial sizing' };
}

/** Where a sizing comes from that was turned here. */
export const BY_HAND = 'by hand';
