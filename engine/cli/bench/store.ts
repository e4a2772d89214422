import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Catalogue, CircuitDefinition } from '../../api';
import { RandomStream } from '../../base';
import { createHostClock } from '../../loop';
import { createSqlStore, explore, readSummary, type SimulationRecord } from '../../store';
import { openRunFolder, RUN_FILE, readRunFolder } from '../../store/run-folder.node';
import { findCircuit } from '../catalogue';
import { type Bench, USUAL_CIRCUIT } from './bench';
import { heading, stamp } from './stamp';

export const store: Bench = {
  circuits: 0,
  async run(_, { simulations, json }, terminal) {
    const measured = await benchStore(await findCircuit(USUAL_CIRCUIT), simulations, terminal.now);
    terminal.out(json ? `${JSON.stringify({ ...measured, ...stamp() })}\n` : `${heading()}\n${describeStore(measured)}`);
    return 0;
  },
};

interface StoreBench {
  readonly simulations: number;
  readonly writeMicrosecondsPerSimulation: number;
  readonly bytesPerSimulation: number;
  readonly openMilliseconds: number;
  readonly exploreMilliseconds: number;
}

/** Environments of a tick, as the page has them. */
const PER_TICK = 16;

/** Records made-up simulations of a circuit as a run of that length would have them, then opens and explores the run. */
async function benchStore(circuit: CircuitDefinition, simulations: number, now: () => number): Promise<StoreBench> {
  const folder = mkdtempSync(join(tmpdir(), 'ohmba-bench-'));
  try {
    const written = await write(folder, circuit, simulations, now);
    const bytes = statSync(join(folder, RUN_FILE)).size;
    const opened = now();
    const { database } = readRunFolder(folder);
    const { circuits } = readSummary(database);
    const explored = now();
    explore(database, circuits, 0);
    const done = now();
    database.close();
    return {
      simulations,
      writeMicrosecondsPerSimulation: (1000 * written) / simulations,
      bytesPerSimulation: bytes / simulations,
      openMilliseconds: explored - opened,
      exploreMilliseconds: done - explored,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns milliseconds that the store took */
async function write(folder: string, circuit: CircuitDefinition, simulations: number, now: () => number): Promise<number> {
  const { database, unlock } = openRunFolder(folder);
  const store = createSqlStore(database, { clock: createHostClock(), origin: {}, checkpoints: null });
  store.begin(catalogueOf(circuit, simulations), [circuit]);
  const random = new RandomStream(1);
  let milliseconds = 0;
  for (let first = 1; first <= simulations; first += PER_TICK) {
    const count = Math.min(PER_TICK, simulations - first + 1);
    const records = Array.from({ length: count }, (_, i) => simulationOf(circuit, first + i, random));
    const begun = now();
    store.simulations(records);
    store.tick(() => []);
    milliseconds += now() - begun;
  }
  const begun = now();
  store.end({ reason: 'budget', failure: '', hash: '' });
  await store.close();
  unlock();
  return milliseconds + now() - begun;
}

function simulationOf({ id, parameters, specs }: CircuitDefinition, simulation: number, random: RandomStream): SimulationRecord {
  const valid = random.uniform() < 0.8;
  return {
    simulation,
    tick: Math.ceil(simulation / PER_TICK),
    circuit: id,
    slot: simulation % PER_TICK,
    episode: Math.ceil(simulation / (30 * PER_TICK)),
    step: simulation % 30,
    phase: 'training',
    origin: ['policy', 'random', 'bred', 'toward-best'][random.integer(4)]!,
    parameters: Float64Array.from(parameters, ({ minimum, maximum }) => random.between(minimum, maximum)),
    target: Float64Array.from(specs, ({ target }) => target),
    measures: Float64Array.from(specs, ({ target }) => (valid ? target * (0.5 + random.uniform()) : Number.NaN)),
    valid,
    failure: valid ? null : 'invalid-operating-point',
    reward: valid ? -random.uniform() : -1,
    met: false,
    calls: 1,
    milliseconds: 15 + random.uniform(),
  };
}

function catalogueOf(circuit: CircuitDefinition, budget: number): Catalogue {
  const made = { kind: 'none', description: 'none', reason: 'made up' };
  const { id, title, parameters, specs } = circuit;
  return {
    circuits: [{ id, title, index: 0, parameters, specs }],
    agent: 'none',
    schedule: 'none',
    executor: made,
    simulator: made,
    seed: 1,
    configuration: { budget },
  };
}

function describeStore(measured: StoreBench): string {
  const { simulations, writeMicrosecondsPerSimulation, bytesPerSimulation, openMilliseconds, exploreMilliseconds } = measured;
  return [
    `a run of ${simulations} simulations of two-stage-opamp`,
    '',
    `writing a simulation            ${writeMicrosecondsPerSimulation.toFixed(1)} us`,
    `on disk                         ${bytesPerSimulation.toFixed(0)} bytes a simulation`,
    `opening the run                 ${openMilliseconds.toFixed(0)} ms`,
    `exploration view of the run     ${exploreMilliseconds.toFixed(0)} ms (counts, extremes, 5000 samples, 50 best)`,
    '',
  ].join('\n');
}
