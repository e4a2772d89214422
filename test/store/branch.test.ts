/** A run that goes on from a past checkpoint of another. */
import { describe, expect, it } from 'vitest';
import type { Catalogue, RunConfiguration } from '../../engine/api';
import { buildPlugins, changeRun } from '../../engine/loop';
import { recordedCourses, recordedPoints } from '../../engine/loop/recorded-points';
import { type Branching, branchStored, readListing, readRecordedRun, surplusCheckpoints } from '../../engine/store';
import { copyRunFolder, readRunFolder } from '../../engine/store/run-folder.node';
import cmaEs from '../../plugins/agents/cma-es';
import linear from '../../plugins/schedules/linear';
import { recorded, runIn, storedSimulator, temporaryFolders } from './recorded-run';

const folders = temporaryFolders();
const change = { agent: 'cma-es', budget: 90 } satisfies Partial<RunConfiguration>;

async function branch(from: string, at: Branching['at'], catalogue: Branching['catalogue'] = (before) => before) {
  const folder = folders.next();
  const { database, checkpoints } = readRunFolder(from);
  try {
    const parent = await branchStored({
      ...{ database, checkpoints, run: 'first', at, changes: {}, catalogue, origin: { date: 'later' } },
      async copy() {
        const copy = copyRunFolder(database, folder);
        copy.unlock();
        return copy;
      },
    });
    return { folder, parent };
  } finally {
    database.close();
  }
}

describe('a branch', () => {
  it('with nothing changed is the run that it was branched from, bit for bit, and pays for nothing twice', async () => {
    const from = folders.next();
    const whole = await runIn(from, { change });
    const before = recorded(from);
    const { folder, parent } = await branch(from, { simulations: 50 });
    expect(parent.simulations).toBeGreaterThan(20);
    expect(parent.simulations).toBeLessThanOrEqual(50);
    const fresh = recorded(folder);
    expect(fresh.simulations).toEqual(before.simulations.slice(0, parent.simulations));
    expect(fresh.summary).toMatchObject({ state: 'stopped', hash: '', created: 'later', parent });
    expect(fresh.summary.circuits.reduce((sum, { training }) => sum + training, 0)).toBe(parent.simulations);

    const asked = storedSimulator();
    const result = await runIn(folder, { change, asked, parent: from });
    expect(result.hash).toBe(whole.hash);
    expect(recorded(folder).simulations).toEqual(before.simulations);
    expect(recorded(folder).summary.circuits).toEqual(before.summary.circuits);
    expect(asked.asked).toEqual([]);
    // The one that it came from is as it was, and not needed.
    expect(recorded(from)).toEqual(before);
    expect((await runIn((await branch(from, { tick: parent.tick })).folder, { change })).hash).toBe(whole.hash);
  });

  it('with a setting changed goes another way from there', async () => {
    const from = folders.next();
    await runIn(from, { change });
    const registries = await buildPlugins([linear, cmaEs]);
    const changed = (changes: Parameters<typeof changeRun>[1]) => (before: Catalogue) => changeRun(before, changes, registries);
    const { folder, parent } = await branch(from, { simulations: 60 }, changed({ budget: 100, hyperParameters: { sigma: 0.5 } }));
    const { configuration, hyperParameters } = recorded(folder).summary.catalogue;
    expect([configuration.budget, configuration.hyperParameters, hyperParameters]).toMatchObject([
      100,
      { sigma: 0.5 },
      { sigma: 0.5, population: 0 },
    ]);
    await runIn(folder, { change: { ...change, budget: 100 } });
    const [mine, theirs] = [recorded(folder).simulations, recorded(from).simulations];
    expect(mine.slice(0, parent.simulations)).toEqual(theirs.slice(0, parent.simulations));
    expect(mine.length).toBeGreaterThan(theirs.length);
    // Kept with every hyper-parameter: defaults that change later change no run that is there.
    const { defaults } = registries.agents.get('cma-es')!;
    expect(recorded(from).summary.catalogue.configuration.hyperParameters).toEqual(defaults);

    await expect(branch(from, { simulations: 60 }, changed({ hyperParameters: { population: 9 } }))).rejects.toThrow(
      /population decides the shape of what the checkpoint holds/,
    );
    await expect(branch(from, { simulations: 60 }, changed({ schedule: 'no-such' }))).rejects.toThrow(/no schedule "no-such"/);
    await expect(branch(from, { tick: 0 })).rejects.toThrow(/no whole checkpoint so early; expected simulation \d+ \(tick \d+\)/);
  });
});

describe('checkpoints that are kept', () => {
  it('are the last three and others spread over the run, the first among them', () => {
    let kept: number[] = [];
    for (let tick = 1; tick <= 500; tick++) {
      kept.push(tick);
      const gone = surplusCheckpoints(kept);
      kept = kept.filter((one) => !gone.includes(one));
    }
    expect(kept).toHaveLength(12);
    expect(kept.slice(-3)).toEqual([498, 499, 500]);
    expect(kept[0]).toBe(1);
    const gaps = kept.slice(1, 10).map((tick, i) => tick - kept[i]!);
    expect(Math.max(...gaps) / Math.min(...gaps)).toBeLessThan(8);
  });
});

it('a recorded run gives a page its pictures, points, courses and events', async () => {
  const folder = folders.next();
  const result = await runIn(folder, { change });
  const { database } = readRunFolder(folder);
  const run = readRecordedRun(database, readListing(database, 'first', false, 1));
  expect(run.catalogue.circuits.map(({ id }) => id)).toEqual(['test-circuit', 'narrow']);
  expect(run.ticks.length).toBeGreaterThan(0);
  expect(run.checkpoints.length).toBeGreaterThan(0);
  const { simulations } = recorded(folder);
  const narrow = simulations.filter(({ circuit }) => circuit === 'narrow');
  const points = recordedPoints(database, 1, 3, 5);
  expect(points).toMatchObject({ circuit: 1, first: 3, count: 5, total: narrow.length });
  expect([...points.simulation]).toEqual(narrow.slice(3, 8).map(({ simulation }) => simulation));
  expect([...points.measures]).toEqual(narrow.slice(3, 8).flatMap(({ measures }) => [...measures]));
  const courses = recordedCourses(database);
  for (const [c, { distance, simulation, total }] of courses.entries()) {
    const { best } = result.snapshot.progress[c]!;
    expect(distance.at(-1)).toBeCloseTo(best!.met ? 0 : -best!.reward, 12);
    expect([...distance].sort((a, b) => b - a)).toEqual([...distance]);
    expect(simulation.at(-1)).toBeLessThanOrEqual(total);
  }
  database.close();
});
