import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  explore,
  latestCheckpoint,
  migrate,
  readMetrics,
  readSnapshots,
  readSnapshotTicks,
  readSummary,
  SCHEMA_VERSION,
} from '../../engine/store';
import { openRunFolder, readRunFolder } from '../../engine/store/run-folder.node';
import { openLibsql } from '../../engine/store/sql/libsql.node';
import { fakeSimulator, steppingAgent } from '../engine/fixtures';
import { hurriedClock, recorded, runIn, storedSimulator, temporaryFolders } from './recorded-run';

const folders = temporaryFolders();

describe('a recorded run', () => {
  it('holds every simulation exactly, under its circuit, in order', async () => {
    const asked = storedSimulator();
    const folder = folders.next();
    const result = await runIn(folder, { asked });
    const { summary, simulations } = recorded(folder);
    expect(summary).toMatchObject({ state: 'budget', hash: result.hash, simulations: asked.asked.length });
    expect(simulations.map(({ simulation }) => simulation)).toEqual(asked.asked.map((_, i) => i + 1));
    const keys = (sizings: readonly Float64Array[]) => sizings.map((sizing) => sizing.join()).sort();
    expect(keys(simulations.map(({ parameters }) => parameters))).toEqual(keys(asked.asked));
    for (const { circuit, parameters, measures, valid, failure } of simulations) {
      expect(parameters.length).toBe(circuit === 'narrow' ? 1 : 2);
      expect(measures[0]).toBe(parameters[0]! / (parameters[1] ?? 1));
      expect(Number.isNaN(measures[1]!)).toBe(!valid);
      expect(failure).toBe(valid ? null : 'missing-measure');
    }
    const { progress } = result.snapshot;
    for (const [c, circuit] of summary.circuits.entries()) {
      expect(circuit).toMatchObject({ training: progress[c]!.training, failures: progress[c]!.failures });
      const best = simulations.find(({ simulation }) => simulation === circuit.best!.simulation)!;
      expect(best.parameters).toEqual(progress[c]!.best!.parameters);
    }
  });

  it('can be asked by SQL under the names of its circuit', async () => {
    const folder = folders.next();
    await runIn(folder);
    const { database } = readRunFolder(folder);
    const rows = database.prepare('SELECT a, b, gain, "target gain", valid FROM "test-circuit" WHERE valid = 1').all();
    expect(rows.length).toBeGreaterThan(5);
    for (const [a, b, gain] of rows) expect(gain).toBe(Number(a) / Number(b));
    database.close();
  });

  it('gives what an exploration view needs by query, and pictures to scrub through', async () => {
    const folder = folders.next();
    await runIn(folder);
    const { database } = readRunFolder(folder);
    const { circuits: known, simulations } = { ...recorded(folder), circuits: readSummary(database).circuits };
    const mine = simulations.filter(({ circuit }) => circuit === 'test-circuit');
    const seen = explore(database, known, 0, { samples: 10, best: 3 });
    const valid = mine.filter((s) => s.valid);
    expect(seen.counts).toEqual({
      simulations: mine.length,
      valid: valid.length,
      met: mine.filter(({ met }) => met).length,
    });
    const gains = valid.map(({ measures }) => measures[0]!);
    expect(seen.measures[0]).toEqual([Math.min(...gains), Math.max(...gains)]);
    expect(seen.best.map(({ reward }) => reward)).toEqual(
      valid
        .map(({ reward }) => reward)
        .sort((a, b) => b - a)
        .slice(0, 3),
    );
    expect(seen.classes.reduce((sum, { count }) => sum + count, 0)).toBe(mine.length);
    expect(seen.samples.length).toBeGreaterThan(3);
    const ticks = readSnapshotTicks(database);
    const [first] = readSnapshots(database, ticks[0]! + 1, 5);
    expect(first!.tick).toBe(ticks[0]);
    expect(first!.environments.circuit).toBeInstanceOf(Uint16Array);
    expect(readSnapshots(database, 0, 5)).toEqual([]);
    expect(readMetrics(database)).toBeInstanceOf(Map);
    database.close();
  });
});

describe('a resumed run equals the uninterrupted one', () => {
  const evaluated = { evaluation: { at: [0.2, 1], whenFirstMet: true } };
  it.each([
    ['random search', { agent: 'random' }, [1, 6]],
    ['CMA-ES in the middle of a generation', { agent: 'cma-es', budget: 90 }, [2, 9]],
    ['a larger number of environments', { agent: 'random', environments: 11, ...evaluated }, [3]],
  ] as const)('%s', async (_, change, stops) => {
    const wholeFolder = folders.next();
    const whole = await runIn(wholeFolder, { change });
    for (const stopAtTick of stops) {
      const folder = folders.next();
      const stopped = await runIn(folder, { change, stopAtTick });
      expect(stopped.reason).toBe('stopped');
      const result = await runIn(folder, { change });
      expect(result.hash).toBe(whole.hash);
      const [mine, theirs] = [recorded(folder), recorded(wholeFolder)];
      expect(mine.simulations).toEqual(theirs.simulations);
      expect(mine.summary.circuits).toEqual(theirs.summary.circuits);
    }
  });

  it('where a simulation takes more than one call, too', async () => {
    // Corners: what meets the target nominally is simulated there as well.
    const cornered = () =>
      fakeSimulator({ answer: ([a, b = 1]) => ({ measures: Float64Array.of(a! / b, a!), ...(a! > 2 && { calls: 3 }) }) });
    const wholeFolder = folders.next();
    const whole = await runIn(wholeFolder, { asked: cornered() });
    const { simulations } = recorded(wholeFolder);
    expect(new Set(simulations.map(({ calls }) => calls))).toEqual(new Set([1, 3]));
    const { training, evaluation } = whole.snapshot.simulations;
    expect(simulations.reduce((sum, { calls }) => sum + calls, 0)).toBe(training + evaluation);
    for (const checkpoints of [true, false]) {
      const folder = folders.next();
      await runIn(folder, { asked: cornered(), stopAtTick: 4 });
      if (!checkpoints) for (const file of readdirSync(join(folder, 'checkpoints'))) rmSync(join(folder, 'checkpoints', file));
      const result = await runIn(folder, { asked: cornered() });
      expect(result.hash).toBe(whole.hash);
      expect(result.snapshot.simulations).toEqual(whole.snapshot.simulations);
      expect(recorded(folder).simulations).toEqual(simulations);
    }
  });

  it('also where there is no checkpoint: recorded simulations are answers', async () => {
    const folder = folders.next();
    await runIn(folder, { stopAtTick: 5 });
    for (const file of readdirSync(join(folder, 'checkpoints'))) rmSync(join(folder, 'checkpoints', file));
    const paid = recorded(folder).simulations.length;
    const asked = storedSimulator();
    const result = await runIn(folder, { asked });
    expect(result.hash).toBe((await runIn(folders.next())).hash);
    expect(asked.asked.length).toBe(result.snapshot.simulations.training + result.snapshot.simulations.evaluation - paid);
  });

  it('with circuits that have joined and left meanwhile', async () => {
    let joined: string[] = [];
    const agent = steppingAgent([], {
      propose: async (situations) =>
        situations.map(({ slot, u }) => {
          const action = u.map(() => 0.3);
          return { slot, u: u.map((x) => (x + 0.03) % 1), action, origin: 'policy' };
        }),
      join: ({ info }) => void joined.push(`+${info.id}`),
      leave: (index) => void joined.push(`-${index}`),
      saveState: async () => ({ facts: null, tensors: new Map() }),
      restoreState: async () => {},
    });
    const options = {
      agent,
      change: { circuits: ['narrow'], environments: 2, budget: 40 },
      commands: { 2: { kind: 'add-circuit', circuit: 'test-circuit' }, 4: { kind: 'remove-circuit', circuit: 'narrow' } },
    } as const;
    const wholeFolder = folders.next();
    const whole = await runIn(wholeFolder, options);
    for (const stopAtTick of [3, 6]) {
      const folder = folders.next();
      await runIn(folder, { ...options, stopAtTick });
      joined = [];
      const resumed = await runIn(folder, options);
      expect(joined).toEqual(['+test-circuit', '-0']);
      expect(resumed.reason).toBe('budget');
      expect(resumed.hash).toBe(whole.hash);
      expect(recorded(folder).simulations).toEqual(recorded(wholeFolder).simulations);
    }
  });

  it('with held targets tried while it trains', async () => {
    const agent = steppingAgent([0.2, -1], {
      saveState: async () => ({ facts: null, tensors: new Map() }),
      restoreState: async () => {},
    });
    const evaluation = { at: [], whenFirstMet: false, heldEvery: 12, heldTargets: 2 };
    const options = { agent, change: { circuits: ['test-circuit'], environments: 3, budget: 40, evaluation } };
    const wholeFolder = folders.next();
    const whole = await runIn(wholeFolder, options);
    const tried = recorded(wholeFolder).simulations.filter(({ origin }) => origin === 'held');
    expect(tried.length).toBeGreaterThan(3);
    for (const stopAtTick of [3, 5]) {
      const folder = folders.next();
      await runIn(folder, { ...options, stopAtTick });
      const resumed = await runIn(folder, options);
      expect(resumed.hash).toBe(whole.hash);
      expect(resumed.snapshot.metrics).toEqual(whole.snapshot.metrics);
      expect(recorded(folder).simulations).toEqual(recorded(wholeFolder).simulations);
    }
  });

  it('one that goes another way puts the old simulations aside, and loses none', async () => {
    const folder = folders.next();
    await runIn(folder, { stopAtTick: 5 });
    const before = recorded(folder).simulations;
    for (const file of readdirSync(join(folder, 'checkpoints'))) rmSync(join(folder, 'checkpoints', file));
    await runIn(folder, { change: { seed: 2 } });
    const { database } = readRunFolder(folder);
    const decks = (table: string) => database.prepare(`SELECT deck FROM ${table}`).all().flat();
    const kept = new Set([...decks('simulation'), ...decks('superseded')]);
    expect(before.every(({ deck }) => kept.has(deck))).toBe(true);
    expect(decks('superseded').length).toBeGreaterThan(0);
    database.close();
  });

  it('a finished run has nothing left to do', async () => {
    const folder = folders.next();
    const result = await runIn(folder);
    const asked = storedSimulator();
    expect((await runIn(folder, { asked })).hash).toBe(result.hash);
    expect(asked.asked.length).toBe(0);
  });

  it('a finished run that gets a larger budget is evaluated at its new end, as one that had it from the start', async () => {
    const folder = folders.next();
    const agent = steppingAgent([0.2, -1], {
      saveState: async () => ({ facts: null, tensors: new Map() }),
      restoreState: async () => {},
    });
    const change = { circuits: ['test-circuit'], environments: 3, budget: 40, evaluation: { at: [1], whenFirstMet: false } };
    const phases = () => recorded(folder).simulations.map(({ phase }) => phase);
    await runIn(folder, { agent, change });
    const first = phases().filter((phase) => phase === 'evaluation').length;
    await runIn(folder, { agent, change: { ...change, budget: 70 } });
    expect(first).toBeGreaterThan(0);
    expect(phases().at(-1)).toBe('evaluation');
    expect(phases().filter((phase) => phase === 'evaluation').length).toBeGreaterThan(first);
  });
});

describe('damage', () => {
  it('a checkpoint with any part changed, cut or gone is never used: the one before it is', async () => {
    const change = { agent: 'cma-es', budget: 40 };
    const whole = await runIn(folders.next(), { change });
    const folder = folders.next();
    await runIn(folder, { change, stopAtTick: 9 });
    const names = readdirSync(join(folder, 'checkpoints')).sort();
    expect(names.length).toBeGreaterThan(1);
    const file = join(folder, 'checkpoints', names.at(-1)!);
    const good = readFileSync(file);
    const { database, checkpoints, unlock } = openRunFolder(folder);
    const newest = Number(database.prepare('SELECT max(tick) FROM checkpoint').all()[0]![0]);
    const found = async (bytes: Uint8Array) => {
      writeFileSync(file, bytes);
      return latestCheckpoint(checkpoints, database);
    };
    for (let region = 0; region < 64; region++) {
      const bytes = Uint8Array.from(good);
      bytes[Math.floor((region / 64) * good.length)]! ^= 1 << (region % 8);
      const { checkpoint, skipped } = await found(bytes);
      expect(checkpoint!.tick).toBeLessThan(newest);
      expect(skipped).toHaveLength(1);
    }
    expect((await found(good.subarray(0, good.length - 1))).checkpoint!.tick).toBeLessThan(newest);
    expect((await found(good)).checkpoint!.tick).toBe(newest);
    writeFileSync(file, 'nothing');
    database.close();
    unlock();
    const result = await runIn(folder, { change });
    expect(result.hash).toBe(whole.hash);
    expect(result.snapshot.events.some(({ kind }) => kind === 'checkpoint-damaged')).toBe(true);
  });

  it('a disk that is full ends the run with the reason; what was committed is kept, and it can be resumed', async () => {
    const folder = folders.next();
    let commits = 0;
    // The disk fills up while the run goes on.
    const result = await runIn(folder, {
      storeClock: hurriedClock(),
      checkpointMilliseconds: 1e9,
      wrap: (store, database) => {
        const { exec } = database;
        Object.assign(database, {
          exec(sql: string) {
            if (sql === 'COMMIT' && ++commits > 6) throw new Error('database or disk is full');
            exec(sql);
          },
        });
        return store;
      },
    });
    expect(result.reason).toBe('failed');
    expect(result.failure).toMatch(/disk is full.*resume the run/);
    const kept = recorded(folder).simulations;
    const wholeFolder = folders.next();
    const whole = await runIn(wholeFolder);
    expect(kept.length).toBeGreaterThan(5);
    expect(recorded(wholeFolder).simulations.slice(0, kept.length)).toEqual(kept);
    expect((await runIn(folder)).hash).toBe(whole.hash);
  });

  it('a folder that cannot be written to is one clear error', () => {
    const file = join(folders.base, 'a-file');
    writeFileSync(file, '');
    expect(() => openRunFolder(join(file, 'run'))).toThrow(/cannot be opened.*expected a folder that may be written to/);
    expect(() => readRunFolder(join(folders.base, 'nowhere'))).toThrow(/there is no run/);
  });
});

describe('one process a run', () => {
  it('the second is refused with the reason, readers are not', async () => {
    const folder = folders.next();
    await runIn(folder);
    const first = openRunFolder(folder);
    expect(() => openRunFolder(folder)).toThrow(new RegExp(`is in use by process ${process.pid} .*expected one process a run`));
    expect(recorded(folder).simulations.length).toBeGreaterThan(0);
    first.database.close();
    first.unlock();
    openRunFolder(folder).unlock();
  });
});

describe('schema', () => {
  it('an older store is brought up, keeping what it holds; a newer one is refused', () => {
    const database = openLibsql(':memory:');
    migrate(database, ['CREATE TABLE a (x)']);
    database.exec('INSERT INTO a VALUES (1)');
    const steps = ['CREATE TABLE a (x)', 'ALTER TABLE a ADD COLUMN y DEFAULT 2'];
    migrate(database, steps);
    migrate(database, steps);
    expect(database.prepare('SELECT x, y FROM a').all()).toEqual([[1, 2]]);
    expect(() => migrate(database, steps.slice(0, 1))).toThrow(/schema version 2; expected at most 1/);
    expect(() => migrate(database, ['CREATE TABLE a (x)', '', 'CREATE TABLE b (x); nonsense'])).toThrow();
    expect(database.prepare('PRAGMA user_version').all()).toEqual([[2]]);
    database.close();
    const fresh = openLibsql(':memory:');
    migrate(fresh);
    expect(fresh.prepare('PRAGMA user_version').all()).toEqual([[SCHEMA_VERSION]]);
    fresh.close();
  });

  it('a store from before calls were kept is one of one call a simulation', async () => {
    const { hash } = await runIn(folders.next());
    for (const readFirst of [false, true]) {
      const folder = folders.next();
      await runIn(folder, { stopAtTick: 3 });
      const { database, unlock } = openRunFolder(folder);
      // As version 1 had it.
      database.exec(`DROP VIEW "test-circuit"; DROP VIEW narrow; ALTER TABLE simulation DROP COLUMN calls;
        ALTER TABLE superseded DROP COLUMN calls; PRAGMA user_version = 1`);
      database.close();
      unlock();
      if (readFirst) expect(recorded(folder).simulations.length).toBeGreaterThan(5);
      expect((await runIn(folder)).hash).toBe(hash);
      expect(new Set(recorded(folder).simulations.map(({ calls }) => calls))).toEqual(new Set([1]));
    }
  });
});
