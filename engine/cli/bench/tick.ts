import linear from '../../../plugins/schedules/linear';
import type { AgentDefinition, CircuitDefinition, PhaseName, Plugin, Proposal, Simulator, SimulatorStatistics } from '../../api';
import { PHASES } from '../../api';
import { median } from '../../base';
import { createEngine, createHostClock } from '../../loop';
import { findCircuit } from '../catalogue';
import { formatTable } from '../table';
import { type Bench, USUAL_CIRCUIT } from './bench';
import { heading, stamp } from './stamp';

export const tick: Bench = {
  circuits: 1,
  async run([name = USUAL_CIRCUIT], { ticks, json }, terminal) {
    const circuit = await findCircuit(name);
    const sizes: TickBench[] = [];
    for (const environments of [16, 256, 1024]) sizes.push(await benchTick(circuit, environments, ticks));
    terminal.out(json ? `${JSON.stringify({ sizes, ...stamp() })}\n` : `${heading()}\n${describeTicks(sizes)}`);
    return 0;
  },
};

/** Milliseconds of the engine's own work in a tick: nothing is simulated and nothing learns. */
interface TickBench {
  readonly circuit: string;
  readonly environments: number;
  readonly ticks: number;
  /** Medians over the ticks. */
  readonly milliseconds: Readonly<Record<PhaseName | 'tick', number>>;
}

const WARM_UP = 30;

/** Times ticks with answers that are made up at once, a snapshot taken in every one of them. */
async function benchTick(circuit: CircuitDefinition, environments: number, ticks: number): Promise<TickBench> {
  const seen: Readonly<Record<string, number>>[] = [];
  const engine = createEngine({
    plugins: [linear, benchPlugin(circuit)],
    configuration: {
      circuits: [circuit.id],
      agent: 'bench',
      environments,
      budget: environments * (ticks + WARM_UP),
      stopWhenMet: false,
      evaluation: { at: [], whenFirstMet: false },
    },
    clock: createHostClock(),
    simulator: { instance: answeringAtOnce(circuit), reason: 'nothing is to be simulated' },
  });
  engine.subscribe(({ phases }) => seen.push(phases), Number.POSITIVE_INFINITY);
  try {
    await engine.finished;
  } finally {
    await engine.dispose();
  }
  const counted = seen.slice(WARM_UP);
  const medianOf = (value: (phases: Readonly<Record<string, number>>) => number) => median(counted.map(value));
  const whole = (phases: Readonly<Record<string, number>>) => PHASES.reduce((sum, phase) => sum + (phases[phase] ?? 0), 0);
  return {
    circuit: circuit.id,
    environments,
    ticks: counted.length,
    milliseconds: {
      ...(Object.fromEntries(PHASES.map((phase) => [phase, medianOf((phases) => phases[phase] ?? 0)])) as Record<
        PhaseName,
        number
      >),
      tick: medianOf(whole),
    },
  };
}

function describeTicks(results: readonly TickBench[]): string {
  const right = 'right' as const;
  const rows = [...PHASES, 'tick' as const].map((phase) => [
    phase,
    ...results.map(({ milliseconds }) => milliseconds[phase].toFixed(3)),
  ]);
  const titles = results.map(({ environments }) => ({ title: `${environments} environments`, align: right }));
  return `${results[0]?.circuit}, milliseconds a tick (medians of ${results[0]?.ticks} ticks), simulator and agent made up\n\n${formatTable([{ title: 'phase' }, ...titles], rows)}`;
}

function benchPlugin(circuit: CircuitDefinition): Plugin {
  const stepping: AgentDefinition = {
    id: 'bench',
    title: 'Steps that are drawn',
    defaults: {},
    create: ({ random }) => ({
      propose: async (situations) =>
        situations.map(({ slot, u }): Proposal => {
          const action = Float32Array.from(u, () => 2 * random.uniform() - 1);
          return { slot, u: u.map((x, i) => Math.min(1, Math.max(0, x + 0.1 * action[i]!))), action, origin: 'policy' };
        }),
      observe() {},
      metrics: () => ({}),
      dispose() {},
    }),
  };
  return {
    id: 'bench',
    build(app) {
      app.addCircuit(circuit);
      app.addAgent(stepping);
    },
  };
}

/** Measures between four fifths and six fifths of the targets. */
function answeringAtOnce({ specs }: CircuitDefinition): Simulator {
  let evaluations = 0;
  const statistics = (): SimulatorStatistics => ({
    evaluations,
    failures: {
      'no-convergence': 0,
      'time-out': 0,
      'missing-measure': 0,
      'out-of-range': 0,
      'invalid-operating-point': 0,
      'engine-died': 0,
      'bad-netlist': 0,
    },
    replaced: 0,
    recycled: 0,
    queued: 0,
    busy: 0,
    cacheHits: 0,
    milliseconds: 0,
  });
  return {
    kind: 'made-up',
    description: 'answers at once',
    capacity: 1,
    register() {},
    async evaluate() {
      const call = evaluations++;
      const measures = Float64Array.from(specs, ({ target }, k) => target * (0.8 + (0.4 * ((7919 * call + 31 * k) % 97)) / 97));
      return { measures, valid: true, failure: null, failureDetail: '', milliseconds: 0 };
    },
    statistics,
    onEvent: () => () => {},
    async dispose() {},
  };
}
