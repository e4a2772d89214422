import type { CircuitDefinition, HeldTarget, Simulator } from '../api/circuit';
import { defaultHyperParameters } from '../api/hyper-parameters';
import { toUnit } from '../api/parameter-space';
import { benchmarkTargets, score } from './reward';
import {
  countMet,
  drawHeldTargets,
  evaluateSizings,
  PERCENTILES,
  randomStepsFromStart,
  type Sample,
  type SampleSummary,
  sampleCircuit,
  summariseSamples,
} from './sampling';
import { searchWitness } from './witness-search';

/** What a circuit's targets rest on: committed beside the circuit as `targets.json`. */
export interface TargetsReport {
  readonly circuit: string;
  readonly seed: number;
  readonly date: string;
  readonly simulator: string;
  readonly percentilesAt: readonly number[];
  readonly samples: Readonly<Record<'log' | 'linear', SampleSummary>>;
  /** Met by no sample of either mapping; `feasible` is a sizing that meets it. */
  readonly benchmark: {
    readonly target: readonly number[];
    readonly metBySamples: number;
    readonly feasible: HeldTarget['witness'] | null;
    readonly searchEvaluations: number;
  };
  readonly randomStepScale: number;
  readonly held: readonly HeldTarget[];
}

export interface TargetsOptions {
  /** Samples of each mapping. */
  readonly count: number;
  readonly heldCount: number;
  readonly seed: number;
  readonly date: string;
  /** Where the search for a feasible sizing begins; the initial sizing where left out. */
  readonly searchFrom?: ArrayLike<number>;
  readonly searchBudget: number;
  readonly onProgress?: (what: string, done: number, of: number) => void;
}

const RANDOM_STEPS = 300;

/** Samples a circuit, looks for a sizing that meets the benchmark target, and draws held targets with witnesses. */
export async function makeTargets(
  circuit: CircuitDefinition,
  simulator: Simulator,
  options: TargetsOptions,
): Promise<TargetsReport> {
  const { count, heldCount, seed, date, searchBudget, onProgress = () => {} } = options;
  const targets = benchmarkTargets(circuit.specs);
  const sample = (mapping: 'log' | 'linear') =>
    sampleCircuit(circuit, simulator, { count, seed, mapping, onProgress: (done) => onProgress(mapping, done, count) });
  const log = await sample('log');
  const linear = await sample('linear');
  const searchFrom = options.searchFrom ?? circuit.parameters.map(({ initial }) => initial);
  const search = await searchWitness(circuit, simulator, { targets, start: searchFrom, seed, budget: searchBudget });
  const { actionScale } = defaultHyperParameters;
  const steps = await evaluateSizings(
    circuit,
    simulator,
    randomStepsFromStart(circuit, RANDOM_STEPS, seed, actionScale),
    (done) => onProgress('steps', done, RANDOM_STEPS),
  );
  const witnesses = search.met ? [...log, ...linear, search.best] : [...log, ...linear];
  return {
    circuit: circuit.id,
    seed,
    date,
    simulator: simulator.description,
    percentilesAt: PERCENTILES,
    samples: { log: summariseSamples(circuit, log, targets), linear: summariseSamples(circuit, linear, targets) },
    benchmark: {
      target: [...targets],
      metBySamples: countMet(circuit, [...log, ...linear], targets),
      feasible: search.met ? witnessOf(search.best) : null,
      searchEvaluations: search.evaluations,
    },
    randomStepScale: actionScale,
    held: drawHeldTargets(circuit, nearestFirst(circuit, witnesses), heldCount, seed).map(({ target, witness }) => ({
      target: [...target],
      witness: witnessOf(witness),
      metByRandomSteps: countMet(circuit, steps, target),
    })),
  };
}

/** Checks a report again: each witness, simulated anew, meets its target. Returns what does not hold. */
export async function checkTargets(circuit: CircuitDefinition, simulator: Simulator, report: TargetsReport): Promise<string[]> {
  const claims = report.held.map(({ target, witness }, i) => ({ name: `held target ${i}`, target, witness }));
  const { feasible, target } = report.benchmark;
  if (feasible) claims.push({ name: 'benchmark target', target, witness: feasible });
  const sizings = claims.map(({ witness }) => Float64Array.from(witness.parameters));
  const samples = await evaluateSizings(circuit, simulator, sizings);
  return claims.flatMap(({ name, target }, i) => {
    const { measures, valid } = samples[i]!.evaluation;
    return score(circuit.specs, measures, valid, target).met ? [] : [`${name} is not met by its witness`];
  });
}

function witnessOf({ parameters, evaluation }: Sample): HeldTarget['witness'] {
  return { parameters: [...parameters], measures: [...evaluation.measures] };
}

/** Witnesses near the start come first: held targets are to be reachable from there. */
function nearestFirst(circuit: CircuitDefinition, samples: readonly Sample[]): Sample[] {
  const distance = ({ parameters }: Sample) =>
    Math.hypot(...circuit.parameters.map((p, i) => toUnit(p, parameters[i]!) - toUnit(p, p.initial)));
  return [...samples].sort((a, b) => distance(a) - distance(b));
}
