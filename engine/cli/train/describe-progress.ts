import type { CircuitInfo } from '../../api/circuit-info';
import type { CircuitProgress, Diagnosis, Snapshot } from '../../api/snapshot';
import { formatDuration } from '../duration';

/**
 * One line on a running training: simulations and rates, what the schedule decided, the best distance to each spec
 * (`ok` where it holds), and the time that is left at this rate.
 */
export function describeProgress(snapshot: Snapshot, circuits: readonly CircuitInfo[]): string {
  const { simulations, scheduled, budget } = snapshot;
  const counts = `${simulations.training}/${budget} sims${simulations.evaluation > 0 ? ` +${simulations.evaluation} eval` : ''}`;
  const rates = `${rate(snapshot.simulationsPerSecond)} sims/s, ${rate(snapshot.updatesPerSecond)} upd/s`;
  const mix = `real ${percent(scheduled.realRatio)} upd ${round(scheduled.updates)} roll ${scheduled.rollouts}×${scheduled.rolloutLength}`;
  const best = snapshot.progress.map((progress) => {
    const wrong = snapshot.diagnoses.filter(({ circuit }) => circuit === progress.circuit);
    const doubts = wrong.map(({ kind, cause }) => ` ${SIGNATURES[kind]} (${cause}?)`).join(',');
    return describeBest(progress, circuits[progress.circuit]!, circuits.length > 1) + doubts;
  });
  return `${counts} | ${rates} | ${mix} | ${best.join('; ')} | ${timeLeft(snapshot)} left`;
}

const SIGNATURES: Readonly<Record<Diagnosis['kind'], string>> = { flat: 'flat', variance: 'erratic', slow: 'slow' };

function describeBest({ best }: CircuitProgress, circuit: CircuitInfo, named: boolean): string {
  const prefix = named ? `${circuit.id}: ` : '';
  if (!best) return `${prefix}no valid point yet`;
  if (best.met) return `${prefix}all specs met`;
  return prefix + circuit.specs.map((spec, i) => `${spec.name} ${distance(best.distances[i]!)}`).join(' ');
}

function distance(value: number): string {
  if (Number.isNaN(value)) return '?';
  return value >= 0 ? 'ok' : percent(value);
}

/** Seconds to the end of the budget, from the mean rate so far (the rate of the moment swings too much). */
function timeLeft({ simulations, seconds, budget }: Snapshot): string {
  const { training } = simulations;
  return training > 0 ? formatDuration((Math.max(0, budget - training) * seconds) / training) : '–';
}

function rate(value: number): string {
  return Number.isFinite(value) ? value.toFixed(value < 10 ? 1 : 0) : '–';
}

function percent(share: number): string {
  const value = share * 100;
  return `${value.toFixed(Math.abs(value) < 10 ? 1 : 0)}%`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
