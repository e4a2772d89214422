import type { CircuitDefinition, Simulator } from '../../api';
import { mean, median } from '../../base';
import { evaluateSizings, randomSizings } from '../../circuit/sampling';
import { findCircuit } from '../catalogue';
import { openSimulator, type SimulatorName } from '../open-simulator';
import { formatTable } from '../table';
import { type Bench, USUAL_CIRCUIT } from './bench';
import { heading, stamp } from './stamp';
import { includingModels, withModelFiles } from './whole-models';

export const simulate: Bench = {
  circuits: Number.POSITIVE_INFINITY,
  async run(names, { points, json }, terminal) {
    const circuits: SimulateBench[] = [];
    if (!json) terminal.out(`${heading()}\n`);
    for (const name of names.length > 0 ? names : [USUAL_CIRCUIT]) {
      const measured = await benchSimulate(await findCircuit(name), points, terminal.now);
      circuits.push(measured);
      if (!json) terminal.out(`\n${describeSimulations(measured)}`);
    }
    if (json) terminal.out(`${JSON.stringify({ circuits, ...stamp() })}\n`);
    return 0;
  },
};

/** What full evaluations cost: all analyses of sizings that are valid, which is where they run to their end. */
interface SimulateBench {
  readonly circuit: string;
  readonly sizings: number;
  readonly costs: readonly Cost[];
  readonly ratios: readonly Ratio[];
}

type Models = 'pruned' | 'whole';

/** One way to simulate. */
interface Cost {
  /** `native`: a fresh process of the system's ngspice for each evaluation. */
  readonly simulator: SimulatorName;
  /** `whole`: the process' model files are included as they are; `pruned`: only cards that the sizing needs. */
  readonly models: Models;
  readonly atOnce: number;
  /** Milliseconds an evaluation, by the simulator's own clock. */
  readonly median: number;
  readonly mean: number;
  /** Evaluations a second, by the clock on the wall. */
  readonly perSecond: number;
  /** How many of the sizings were valid here too; an invalid one ends early. */
  readonly valid: number;
}

/** How many times as many evaluations a second; null where there is no ngspice of the system. */
interface Ratio {
  readonly what: string;
  readonly times: number | null;
}

/** The ways are timed in turn, over this many parts of the sizings each: a machine's speed changes while one measures. */
const ROUNDS = 2;
/** Each part is simulated so often in one go: at the end of a short row one of two instances has nothing left to do. */
const REPEATS = 2;

/** Times full evaluations of random valid sizings (linear mapping, seed 1), in all ways. */
async function benchSimulate(circuit: CircuitDefinition, count: number, now: () => number): Promise<SimulateBench> {
  return withModelFiles(circuit, async (folder) => {
    const opened: Simulator[] = [];
    try {
      const ways: Way[] = [];
      for (const simulator of ['wasm', 'native'] as const)
        for (const atOnce of [1, 2]) {
          const open = await openSimulator(simulator, atOnce, false).catch((thrown) => {
            if (simulator === 'wasm') throw thrown;
            return null;
          });
          if (!open) continue;
          opened.push(open);
          const whole = includingModels(circuit, simulator === 'native' ? folder : undefined);
          ways.push(new Way(open, simulator, 'pruned', atOnce, circuit), new Way(open, simulator, 'whole', atOnce, whole));
        }
      const sizings = await validSizings(circuit, opened[0]!, count);
      // Every instance sees them twice first: WebAssembly is compiled again, better, while it runs.
      for (const { simulator, models, circuit: variant, open } of ways)
        if (simulator === 'wasm' && models === 'pruned') await evaluateSizings(variant, open, [...sizings, ...sizings]);
      for (let round = 0; round < ROUNDS; round++) {
        const part = sizings.filter((_, i) => i % ROUNDS === round);
        const row = Array.from({ length: REPEATS }, () => part).flat();
        for (const way of ways) await way.time(row, now);
      }
      const costs = ways.map((way) => way.cost());
      return { circuit: circuit.id, sizings: sizings.length, costs, ratios: ratiosOf(costs) };
    } finally {
      for (const simulator of opened) await simulator.dispose();
    }
  });
}

class Way {
  private readonly each: number[] = [];
  private elapsed = 0;
  private valid = 0;
  constructor(
    readonly open: Simulator,
    readonly simulator: SimulatorName,
    readonly models: Models,
    readonly atOnce: number,
    readonly circuit: CircuitDefinition,
  ) {
    open.register(circuit);
  }

  async time(sizings: readonly Float64Array[], now: () => number): Promise<void> {
    const begin = now();
    const samples = await evaluateSizings(this.circuit, this.open, sizings);
    this.elapsed += now() - begin;
    this.each.push(...samples.map(({ evaluation }) => evaluation.milliseconds));
    this.valid += samples.filter(({ evaluation }) => evaluation.valid).length / REPEATS;
  }

  cost(): Cost {
    const { simulator, models, atOnce, each, elapsed, valid } = this;
    const perSecond = (1000 * each.length) / elapsed;
    return { simulator, models, atOnce, median: median(each), mean: mean(each), perSecond, valid };
  }
}

const MOST_DRAWS = 100;

async function validSizings(circuit: CircuitDefinition, simulator: Simulator, count: number): Promise<Float64Array[]> {
  const drawn = randomSizings(circuit, { count: MOST_DRAWS * count, seed: 1, mapping: 'linear' });
  const valid: Float64Array[] = [];
  for (const parameters of drawn) {
    if (valid.length === count) break;
    if ((await simulator.evaluate({ circuitId: circuit.id, parameters })).valid) valid.push(parameters);
  }
  return valid;
}

function ratiosOf(costs: readonly Cost[]): Ratio[] {
  const speed = (simulator: SimulatorName, models: Models, atOnce: number) =>
    costs.find((cost) => cost.simulator === simulator && cost.models === models && cost.atOnce === atOnce)?.perSecond ?? null;
  const ratio = (what: string, above: number | null, below: number | null): Ratio => ({
    what,
    times: above === null || below === null ? null : above / below,
  });
  const wasm = (atOnce: number) => speed('wasm', 'pruned', atOnce);
  return [
    ratio('one in WASM over one process, whole models', wasm(1), speed('native', 'whole', 1)),
    ratio('two in WASM over two processes, whole models', wasm(2), speed('native', 'whole', 2)),
    ratio('one in WASM over one process, the same pruned deck', wasm(1), speed('native', 'pruned', 1)),
    ratio('two in WASM over two processes, the same pruned deck', wasm(2), speed('native', 'pruned', 2)),
    ratio('pruned over whole models, WASM', wasm(1), speed('wasm', 'whole', 1)),
    ratio('two instances over one, WASM', wasm(2), wasm(1)),
  ];
}

function describeSimulations({ circuit, sizings, costs, ratios }: SimulateBench): string {
  const right = 'right' as const;
  const rows = costs.map(({ simulator, models, atOnce, median, mean, perSecond, valid }) => [
    simulator === 'wasm' ? 'ngspice 45 in WASM' : 'fresh ngspice processes',
    models,
    String(atOnce),
    median.toFixed(1),
    mean.toFixed(1),
    perSecond.toFixed(1),
    String(valid),
  ]);
  const numbers = ['at once', 'ms, median', 'ms, mean', 'a second', 'valid'].map((title) => ({ title, align: right }));
  return [
    `${circuit}: full evaluations of ${sizings} random valid sizings`,
    '',
    formatTable([{ title: 'simulator' }, { title: 'models' }, ...numbers], rows),
    formatTable(
      [{ title: 'evaluations a second' }, { title: 'times', align: right }],
      ratios.map(({ what, times }) => [what, times === null ? 'no ngspice here' : times.toFixed(2)]),
    ),
  ].join('\n');
}
