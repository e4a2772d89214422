import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CircuitDefinition, RunConfiguration } from '../../api';
import { median, quantile } from '../../base';
import type { Checkpoint } from '../../store';
import { findCircuit } from '../catalogue';
import { openEngine } from '../open-engine';
import { recordRun } from '../runs/record';
import { type Bench, USUAL_CIRCUIT } from './bench';
import { heading, stamp } from './stamp';

export const record: Bench = {
  circuits: 1,
  async run([name = USUAL_CIRCUIT], { agent, steps, pairs, json }, terminal) {
    const measured = await benchRecord(await findCircuit(name), { agent, steps, pairs, now: terminal.now });
    terminal.out(json ? `${JSON.stringify({ ...measured, ...stamp() })}\n` : `${heading()}\n${describeRecording(measured)}`);
    return 0;
  },
};

/** Ticks a second of a real training (ngspice, agent and all), recorded and not. */
interface RecordBench {
  readonly circuit: string;
  readonly agent: string;
  readonly pairs: number;
  readonly ticks: number;
  /** Medians. */
  readonly ticksPerSecond: { readonly on: number; readonly off: number };
  /** Ticks a second with recording over without, pair by pair: median and quartiles. */
  readonly ratio: { readonly median: number; readonly lower: number; readonly upper: number };
  /** Share of the recorded trainings' time that the engine spent on it: far less scattered than the difference of two speeds. */
  readonly share: { readonly median: number; readonly lower: number; readonly upper: number };
}

interface Timed {
  readonly ticks: number;
  readonly milliseconds: number;
  /** In the phases that record and take pictures, and in copying checkpoints. */
  readonly recording: number;
}

/**
 * The same training again and again, recorded and not in turns, so that a machine whose speed drifts treats both alike. One
 * of each is run before to warm up and is not counted.
 */
async function benchRecord(
  circuit: CircuitDefinition,
  { agent, steps, pairs, now }: { readonly agent: string; readonly steps: number; readonly pairs: number; now(): number },
): Promise<RecordBench> {
  const folder = mkdtempSync(join(tmpdir(), 'ohmba-bench-'));
  const on: Timed[] = [];
  const off: Timed[] = [];
  try {
    for (let pair = -1; pair < pairs; pair++) {
      const sides = [true, false];
      // Whichever goes first may find the machine warmer or colder: they take turns at that as well.
      for (const recorded of pair % 2 === 0 ? sides : sides.toReversed()) {
        const timed = await time(circuit, { agent, steps, now }, recorded ? join(folder, `run-${pair}`) : null);
        if (pair >= 0) (recorded ? on : off).push(timed);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const speed = ({ ticks, milliseconds }: Timed) => (1000 * ticks) / milliseconds;
  const ratios = on.map((timed, i) => speed(timed) / speed(off[i]!));
  const share = (timed: Timed) => timed.recording / timed.milliseconds;
  const spread = (values: readonly number[]) => ({
    median: median(values),
    lower: quantile(values, 0.25),
    upper: quantile(values, 0.75),
  });
  return {
    circuit: circuit.id,
    agent,
    pairs,
    ticks: on[0]!.ticks,
    ticksPerSecond: { on: median(on.map(speed)), off: median(off.map(speed)) },
    ratio: spread(ratios),
    // Metrics and the run's hash are gathered in these phases with and without a store.
    share: spread(on.map((timed, i) => share(timed) - share(off[i]!))),
  };
}

async function time(
  circuit: CircuitDefinition,
  { agent, steps, now }: { readonly agent: string; readonly steps: number; now(): number },
  folder: string | null,
): Promise<Timed> {
  const configuration: Partial<RunConfiguration> = {
    circuits: [circuit.id],
    agent,
    environments: 4,
    budget: steps,
    stopWhenMet: false,
    evaluation: { at: [], whenFirstMet: false },
  };
  const wishes = { executor: 'wasm', threads: 0, simulator: 'wasm', simulators: 0 } as const;
  let recording = 0;
  const recorded = folder === null ? null : recordRun(folder, [circuit.id], 10);
  if (recorded) {
    const { checkpoint } = recorded.store;
    Object.assign(recorded.store, {
      checkpoint(state: Checkpoint) {
        const begun = now();
        const kept = checkpoint(state);
        recording += now() - begun;
        return kept;
      },
    });
  }
  const engine = await openEngine(configuration, wishes, recorded ?? {});
  // Pictures for whoever looks are taken in both.
  engine.subscribe(({ phases, activity }) => {
    if (activity === null) recording += (phases.record ?? 0) + (phases.extract ?? 0);
  }, Number.POSITIVE_INFINITY);
  try {
    const { reason, failure, snapshot } = await engine.finished;
    if (reason === 'failed') throw new Error(`the training failed: ${failure}`);
    return { ticks: snapshot.tick, milliseconds: 1000 * snapshot.seconds, recording };
  } finally {
    await engine.dispose();
  }
}

function describeRecording({ circuit, agent, pairs, ticks, ticksPerSecond, ...measured }: RecordBench): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const spread = ({ median: middle, lower, upper }: RecordBench['ratio']) =>
    `${change(middle)} (half of them between ${change(lower)} and ${change(upper)})`;
  const change = (value: number) => `${value < 1 ? '−' : '+'}${percent(Math.abs(value - 1))}`;
  return [
    `${circuit}, agent ${agent}: ${ticks} ticks of training, ${pairs} times recorded and not, in turns`,
    '',
    `recorded                        ${ticksPerSecond.on.toFixed(2)} ticks a second`,
    `not recorded                    ${ticksPerSecond.off.toFixed(2)} ticks a second`,
    `recorded over not, by pairs     ${spread(measured.ratio)}`,
    `spent on recording              ${percent(measured.share.median)} of the time (${percent(measured.share.lower)} to ${percent(measured.share.upper)})`,
    '',
  ].join('\n');
}
