import type { CircuitInfo, Evaluation } from '../api';
import { messageOf } from '../base';
import type { World } from '../ecs';
import { Stage } from './components';
import { environmentStores, setState } from './environments';
import { Counts, InFlight, Run } from './resources';

/**
 * Sends an environment's next sizing to the simulator; the answer goes to the arrivals. The exact initial sizing is
 * simulated once a run: asked for again, the known answer is taken and no call is counted.
 */
export function requestSimulation(world: World, at: number): void {
  const { circuits } = world.resource(Run);
  const { waiting, arrived } = world.resource(InFlight);
  const stores = environmentStores(world);
  const { columns } = stores.environment;
  const slot = columns.slot.get(at);
  const circuit = circuits[columns.circuit.get(at)]!;
  const nextU = stores.sizing.row('nextU', at);
  const count = world.resource(Counts).circuits[circuit.info.index]!;
  const parameters = circuit.toPhysical(nextU);
  columns.stage.set(at, Stage.simulating);
  setState(stores, at, 'simulating');

  const isStart = nextU.every((u, i) => u === circuit.start[i]);
  if (isStart && count.startResult) {
    arrived.push({ slot, evaluation: count.startResult, called: false });
    return;
  }
  const arrive = (evaluation: Evaluation) => {
    waiting.delete(slot);
    arrived.push({ slot, evaluation, called: true });
  };
  waiting.set(
    slot,
    askSimulator(world, circuit.info, parameters).then((evaluation) => {
      if (isStart && evaluation.failure !== 'engine-died' && evaluation.failure !== 'time-out') count.startResult ??= evaluation;
      arrive(evaluation);
    }),
  );
}

/** The simulator's word on a sizing. Where it gave none, the simulation is a failed one, and an event says why. */
export async function askSimulator(world: World, { id, specs }: CircuitInfo, parameters: Float64Array): Promise<Evaluation> {
  const { simulator, report } = world.resource(Run);
  try {
    return await simulator.evaluate({ circuitId: id, parameters });
  } catch (thrown) {
    const failureDetail = messageOf(thrown);
    report({
      level: 'error',
      kind: 'simulator-failed',
      message: `a simulation of ${id} was lost: ${failureDetail}; it counts as failed`,
    });
    const measures = new Float64Array(specs.length).fill(Number.NaN);
    return { measures, valid: false, failure: 'engine-died', failureDetail, milliseconds: 0 };
  }
}

/** The answers that have come, by slot: never in the order in which they happened to come. */
export function takeArrivals(world: World): InFlight['arrived'] {
  const { arrived } = world.resource(InFlight);
  return arrived.splice(0).sort((a, b) => a.slot - b.slot);
}
