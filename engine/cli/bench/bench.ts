import { defaultConfiguration, defaultHyperParameters } from '../../api';
import type { ExitCode, Terminal } from '../command';
import { choice, flag, integer, type Options, text, type Values } from '../options';

export const benchOptions = {
  executor: {
    type: choice('wasm', 'webgpu', 'both'),
    value: 'wasm' as 'wasm' | 'webgpu' | 'both',
    help: 'what computes the update',
  },
  threads: { type: integer(0, 256), value: 0, help: 'threads of the wasm executor; 0: one a core' },
  width: { type: integer(1, 1024), value: defaultHyperParameters.width, help: 'model width' },
  state: { type: integer(1, 256), value: defaultHyperParameters.state, help: 'state size' },
  layers: { type: integer(1, 64), value: defaultHyperParameters.layers, help: 'layers' },
  circuits: {
    type: text('PxS,...', 'sizes such as 7x6,10x6'),
    value: '7x6',
    help: 'parameters and specs of each circuit in the batch of update and curves',
  },
  sequences: { type: integer(1, 65536), value: defaultHyperParameters.batch, help: 'sequences in a batch' },
  seconds: { type: integer(1, 600), value: 5, help: 'how long the update is timed' },
  peer: { type: flag, value: true, help: 'PyTorch too, where python3 has it; --no-peer leaves it out' },
  longest: { type: integer(1, 65536), value: 65536, help: 'longest sequence that scan is timed with' },
  points: { type: integer(2, 1e5), value: 40, help: 'valid sizings that simulate is timed with' },
  ticks: { type: integer(1, 1e5), value: 100, help: 'ticks that are timed' },
  updates: {
    type: integer(1, 1e6),
    value: 1000,
    help: 'updates after which curves compares wasm and webgpu (--executor both), or one of them with itself',
  },
  agent: { type: text('NAME', 'an agent'), value: defaultConfiguration.agent, help: 'who trains while record is timed' },
  steps: { type: integer(10, 1e6), value: 60, help: 'simulations of each training that record times' },
  pairs: { type: integer(1, 1000), value: 5, help: 'trainings that record times with recording, and as many without' },
  simulations: { type: integer(1, 1e8), value: 1_000_000, help: 'made-up simulations that store is filled with' },
  json: { type: flag, value: false, help: 'one line of JSON' },
} satisfies Options;

export type BenchValues = Values<typeof benchOptions>;

/** One benchmark of `ohmba bench`. */
export interface Bench {
  /** How many circuits it may be given. */
  readonly circuits: number;
  run(circuits: readonly string[], values: BenchValues, terminal: Terminal): Promise<ExitCode>;
}

/** The circuit that is measured with where none is named. */
export const USUAL_CIRCUIT = 'two-stage-opamp';
