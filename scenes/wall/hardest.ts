/** Which spec of which circuit is the hardest now: of the best sizings so far, the one that is furthest from its target. */
import type { SpecDefinition } from '../../engine/api/circuit';
import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { Catalogue, Snapshot } from '../../engine/api/snapshot';
import { formatMeasure, formatQuantity } from '../format/engineering';
import type { Studio } from '../shell/scene';

export interface Hardest {
  readonly info: CircuitInfo;
  readonly spec: SpecDefinition;
  readonly measured: number;
  /** Normalised; 0 or more where even this one holds. */
  readonly distance: number;
}

/** null before anything was measured. */
export function hardestSpec({ circuits }: Catalogue, { progress }: Snapshot): Hardest | null {
  let hardest: Hardest | null = null;
  for (const { circuit, present, best } of progress) {
    const info = circuits[circuit];
    if (!info || !present || !best) continue;
    info.specs.forEach((spec, s) => {
      const distance = best.distances[s];
      if (Number.isNaN(distance) || (hardest !== null && distance >= hardest.distance)) return;
      hardest = { info, spec, measured: best.measures[s], distance };
    });
  }
  return hardest;
}

export function sentence(hardest: Hardest | null): string {
  if (hardest === null) return 'The first sizings are being simulated.';
  const { info, spec, measured, distance } = hardest;
  const [is, wanted] = [formatMeasure(measured, distance, spec), formatQuantity(spec.target, spec.unit)];
  const sign = spec.direction === 'at-least' ? '≥' : '≤';
  if (distance >= 0) return `All targets are met. The tightest: ${spec.title} of ${info.title}, ${is} (${sign} ${wanted}).`;
  return `Hardest now: ${spec.title} of ${info.title}. The best sizing has ${is}, wanted is ${sign} ${wanted}.`;
}

/** The best sizing of that circuit on the bench. */
export function openHardest(studio: Studio): void {
  const { catalogue, snapshot } = studio;
  const hardest = catalogue.value && snapshot.value && hardestSpec(catalogue.value, snapshot.value);
  if (hardest) openBest(studio, hardest.info);
}

/** The best sizing of a circuit on the bench: its Bode plot is one click from where the hardest spec is read. */
export function openBest(studio: Studio, info: CircuitInfo): void {
  studio.selected.set(null);
  studio.circuit.set(info.id);
  studio.commands.run('scene.show.bench');
}
