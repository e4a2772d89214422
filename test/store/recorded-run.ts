import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { AgentDefinition, Clock, Command, Plugin, RunConfiguration, RunResult } from '../../engine/api';
import { createEngine } from '../../engine/loop';
import {
  createSqlStore,
  type KnownResult,
  type RunStore,
  readImported,
  readSimulations,
  readSummary,
  resumeStored,
  type SqlDatabase,
} from '../../engine/store';
import { openRunFolder, readRunFolder } from '../../engine/store/run-folder.node';
import cmaEs from '../../plugins/agents/cma-es';
import random from '../../plugins/agents/random';
import linear from '../../plugins/schedules/linear';
import { type FakeSimulator, fakeClock, fakeSimulator, testCircuit } from '../engine/fixtures';

/** Folders for runs, gone when the tests of a file are over. */
export function temporaryFolders(): { readonly base: string; next(): string } {
  const base = mkdtempSync(join(tmpdir(), 'ohmba-store-'));
  afterAll(() => rmSync(base, { recursive: true, force: true }));
  let folders = 0;
  return { base, next: () => join(base, `run-${++folders}`) };
}

const circuits: Plugin = {
  id: 'test',
  build(app) {
    const witness = { parameters: [1, 0.01], measures: [100, 1] };
    const held = [20, 60].map((gain) => ({ target: [gain, 5], witness, metByRandomSteps: 3 }));
    app.addCircuit(testCircuit('test-circuit', { heldTargets: held }));
    // Another number of parameters: its columns are fewer.
    app.addCircuit(testCircuit('narrow', { parameters: testCircuit().parameters.slice(0, 1), netlist: 'r1 a 0 {a}' }));
  },
};

const configuration: Partial<RunConfiguration> = {
  circuits: ['test-circuit', 'narrow'],
  agent: 'random',
  environments: 5,
  budget: 60,
  targets: 'mixed',
  stopWhenMet: false,
};

/** Every fifth has failed, so that all of what a simulation may be is stored. */
export function storedSimulator(): FakeSimulator {
  return fakeSimulator({
    answer: ([a, b = 1]) => {
      const kind = Math.floor(a! * 1000) % 5;
      const measures = Float64Array.of(a! / b!, kind === 0 ? Number.NaN : a!);
      return kind === 0 ? { measures, valid: false, failure: 'missing-measure' as const } : { measures };
    },
  });
}

/** Seconds pass at each look: every tick writes. */
export function hurriedClock(): Clock {
  let now = 0;
  return {
    now: () => {
      now += 3000;
      return now;
    },
    wait: async () => {},
  };
}

export interface RecordedRunOptions {
  readonly change?: Partial<RunConfiguration>;
  readonly stopAtTick?: number;
  /** Told to the engine when a tick is over: what somebody does who looks. */
  readonly commands?: Readonly<Record<number, Command>>;
  readonly agent?: AgentDefinition;
  readonly wrap?: (store: RunStore, database: SqlDatabase) => RunStore;
  readonly checkpointMilliseconds?: number;
  readonly storeClock?: Clock;
  readonly asked?: FakeSimulator;
  /** Folder of the run that this one was branched from. */
  readonly parent?: string;
}

/** Runs in a folder, from its start or from where it was left, to its end or until `stopAtTick`. */
export async function runIn(folder: string, options: RecordedRunOptions = {}): Promise<RunResult> {
  const { change = {}, stopAtTick, commands = {}, wrap = (store) => store, checkpointMilliseconds = 0 } = options;
  const opened = openRunFolder(folder);
  const begun = opened.database.prepare('SELECT count(*) FROM run').all()[0]![0] === 1;
  const parent = options.parent === undefined ? null : readRunFolder(options.parent).database;
  const resume = begun ? await resumeStored(opened.database, opened.checkpoints, parent) : undefined;
  parent?.close();
  const known: KnownResult[] = begun ? readImported(opened.database, readSummary(opened.database).circuits, 0) : [];
  const store = createSqlStore(opened.database, {
    clock: options.storeClock ?? fakeClock(),
    origin: { machine: 'a test', date: '2026-11-25T12:00:00.000Z' },
    checkpoints: opened.checkpoints,
    checkpointMilliseconds,
  });
  // A checkpoint is on disk before the run goes on, so that which there are does not hang on how fast the disk is.
  const clock = fakeClock();
  let written: Promise<unknown> = Promise.resolve();
  const write = store.checkpoint.bind(store);
  const checkpoint: RunStore['checkpoint'] = (state) => {
    const writing = write(state);
    written = writing.catch(() => {});
    return writing;
  };
  const engine = createEngine({
    plugins: [linear, random, cmaEs, circuits, agentPlugin(options.agent)],
    configuration: { ...configuration, ...(options.agent && { agent: options.agent.id }), ...change },
    clock: { now: clock.now, wait: (milliseconds) => written.then(() => clock.wait(milliseconds)) },
    simulator: { instance: options.asked ?? storedSimulator(), reason: 'a test' },
    store: wrap(Object.assign(store, { checkpoint }), opened.database),
    known,
    ...(resume && { resume }),
  });
  const told = new Set<number>();
  engine.subscribe(({ tick, activity }) => {
    if (activity !== null || told.has(tick)) return;
    told.add(tick);
    if (commands[tick]) engine.send(commands[tick]);
    if (tick === stopAtTick) engine.send({ kind: 'stop' });
  }, Number.POSITIVE_INFINITY);
  try {
    return await engine.finished;
  } finally {
    await engine.dispose();
    opened.unlock();
  }
}

function agentPlugin(agent: AgentDefinition | undefined): Plugin {
  return { id: 'own-agent', build: (app) => agent && app.addAgent(agent) };
}

/** What a run's folder holds. */
export function recorded(folder: string) {
  const { database } = readRunFolder(folder);
  try {
    const summary = readSummary(database);
    return { summary, simulations: [...readSimulations(database, summary.circuits)] };
  } finally {
    database.close();
  }
}
