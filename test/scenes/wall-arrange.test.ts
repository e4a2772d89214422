/** Which tiles stand where, what is wrong with them, how large their devices are drawn, and which spec is the hardest. */
import { describe, expect, it } from 'vitest';
import type { EnvironmentsSnapshot } from '../../engine/api/snapshot';
import { EnvironmentState } from '../../engine/api/snapshot';
import { subjectOfEnvironment, subjectOfPoint } from '../../scenes/inspector/subject';
import { createSyntheticWorld } from '../../scenes/source/synthetic-world';
import { createAlarms } from '../../scenes/wall/alarms';
import type { WallLook } from '../../scenes/wall/arrange';
import { arrange, readWallLook, sameBlocks } from '../../scenes/wall/arrange';
import { roundUp, scaleOf } from '../../scenes/wall/device-glyphs';
import { hardestSpec, sentence } from '../../scenes/wall/hardest';
import { looksTheSame } from '../../scenes/wall/same';

const world = createSyntheticWorld({ environments: 12, circuits: ['two-stage-opamp', 'strongarm-comparator'], seed: 3 });
for (let i = 0; i < 40; i++) world.advance();
const { catalogue } = world;
const snapshot = world.snapshot(false, 1);
const { failed, invalid, met, simulating, idle } = EnvironmentState;
const environments: EnvironmentsSnapshot = {
  ...snapshot.environments,
  state: Uint8Array.of(idle, met, failed, idle, invalid, met, idle, idle, met, failed, simulating, idle),
  reward: Float32Array.of(-0.2, 1, -1, -0.1, Number.NaN, 1, -0.3, -0.4, 1, -1, -0.5, -0.6),
};
const quiet = () => 'none' as const;
const all: WallLook = { group: 'circuit', sort: 'number', filter: 'all', circuit: null };
const members = (look: Partial<WallLook>, alarmOf: Parameters<typeof arrange>[2] = quiet) =>
  arrange(catalogue, environments, alarmOf, { ...all, ...look }).map((block) => [block.title, ...block.members]);

describe('tiles', () => {
  it('are grouped by circuit, by state with trouble first, or not at all', () => {
    expect(members({})).toEqual([
      ['Two-stage op-amp', 0, 1, 2, 3, 4, 5],
      ['StrongARM comparator', 6, 7, 8, 9, 10, 11],
    ]);
    expect(members({ group: 'state' })).toEqual([
      ['Simulation failed', 2, 9],
      ['Invalid operating point', 4],
      ['Simulating', 10],
      ['Idle', 0, 3, 6, 7, 11],
      ['All targets met', 1, 5, 8],
    ]);
    expect(members({ group: 'none' })[0]).toHaveLength(13);
  });
  it('are sorted best first, those without a reward last', () => {
    expect(members({ sort: 'reward', circuit: 'two-stage-opamp' })).toEqual([['Two-stage op-amp', 1, 5, 3, 0, 2, 4]]);
  });
  it('are filtered by state, alarm and circuit', () => {
    expect(members({ filter: 'met', group: 'none' })).toEqual([['All environments', 1, 5, 8]]);
    expect(members({ filter: 'alarms' }, (e) => (e === 7 ? 'stalled' : 'none'))).toEqual([['StrongARM comparator', 7]]);
    expect(members({ filter: 'alarms' })).toEqual([]);
    expect(members({ circuit: 'strongarm-comparator', filter: 'missed', group: 'none' })).toEqual([
      ['All environments', 6, 7, 9, 10, 11],
    ]);
  });
  it('are as the address says, and as usual where it says nothing or nonsense', () => {
    expect(readWallLook({}, catalogue)).toEqual(all);
    expect(readWallLook({ group: 'toString', sort: 'size', only: 'nowhere' }, catalogue)).toEqual(all);
    expect(readWallLook({ group: 'state', sort: 'distance', tiles: 'met', only: 'two-stage-opamp' }, catalogue)).toEqual({
      group: 'state',
      sort: 'distance',
      filter: 'met',
      circuit: 'two-stage-opamp',
    });
  });
  it('move only where an arrangement differs', () => {
    const look = { ...all, sort: 'reward' } as const;
    const [a, b] = [arrange(catalogue, environments, quiet, look), arrange(catalogue, environments, quiet, look)];
    expect(sameBlocks(a, b)).toBe(true);
    expect(sameBlocks(a, arrange(catalogue, environments, quiet, all))).toBe(false);
  });
});

describe('what is drawn', () => {
  it('is the same as long as no environment moves', () => {
    const before = { ...snapshot, environments };
    expect(
      looksTheSame(before, { ...before, tick: 99, environments: { ...environments, reward: environments.reward.slice() } }),
    ).toBe(true);
    const measures = environments.measures.slice();
    measures[3] = Number.NaN;
    expect(looksTheSame(before, { ...before, environments: { ...environments, measures } })).toBe(false);
    const progress = before.progress.map((entry) => ({ ...entry, stepsToTarget: 7 }));
    expect(looksTheSame(before, { ...before, progress })).toBe(false);
  });
});

describe('alarms', () => {
  const at = (tick: number, change: Partial<EnvironmentsSnapshot>) => {
    const { count } = environments;
    const idleAll = new Uint8Array(count).fill(idle);
    return { ...environments, state: idleAll, episodeStep: new Uint16Array(count).fill(tick), ...change };
  };
  const state = (...states: number[]) => Uint8Array.from({ length: environments.count }, (_, e) => states[e] ?? idle);

  it('tell failures in a row, and are over with the next good result', () => {
    const alarms = createAlarms();
    for (let tick = 1; tick <= 3; tick++) alarms.record(tick, at(tick, { state: state(failed, invalid) }));
    alarms.record(3, at(3, {}));
    expect([alarms.of(0), alarms.label(0), alarms.of(1), alarms.label(1)]).toEqual([
      'failed',
      'no result ×3',
      'invalid',
      'invalid ×3',
    ]);
    alarms.record(4, at(4, {}));
    expect([alarms.of(0), alarms.label(0)]).toEqual(['none', '']);
  });
  it('tell a measure that is not a number, but not one that was never taken', () => {
    const measures = environments.measures.slice();
    measures[environments.specOffset[0] + 2] = Number.NaN;
    measures.fill(Number.NaN, environments.specOffset[3], environments.specOffset[4]);
    const alarms = createAlarms();
    alarms.record(1, at(1, { measures }));
    expect([alarms.of(0), alarms.of(1), alarms.of(3)]).toEqual(['not-a-number', 'none', 'none']);
  });
  it('tell who waits for a simulation too long', () => {
    const alarms = createAlarms();
    const episodeStep = new Uint16Array(environments.count).fill(7);
    const waiting = (tick: number) => alarms.record(tick, at(tick, { state: state(simulating, idle), episodeStep }));
    for (let tick = 1; tick <= 11; tick++) waiting(tick);
    expect(alarms.of(0)).toBe('none');
    for (let tick = 12; tick <= 14; tick++) waiting(tick);
    expect([alarms.of(0), alarms.of(1)]).toEqual(['stalled', 'none']);
  });
});

describe('device glyphs', () => {
  it('share a full size that is round and holds the largest of a circuit', () => {
    expect([3.1e-6, 2e-6, 8.1e-6, 1e-12, 99].map(roundUp).map((v) => Number(v.toPrecision(6)))).toEqual([
      4e-6, 2e-6, 1e-5, 1e-12, 100,
    ]);
    const info = catalogue.circuits[0];
    const scale = scaleOf(info, environments, [0, 1, 2, 3, 4, 5]);
    const widths = [0, 1, 2, 3, 4, 5].flatMap((e) =>
      info.parameters.flatMap(({ kind }, p) =>
        kind === 'width' ? [environments.parameters[environments.parameterOffset[e] + p]] : [],
      ),
    );
    expect(scale.width).toBeGreaterThanOrEqual(Math.max(...widths));
    expect(scale.width).toBeLessThan(1.51 * Math.max(...widths));
  });
});

describe('the hardest spec', () => {
  const progress = snapshot.progress.map((entry, c) => ({
    ...entry,
    best: entry.best && { ...entry.best, distances: entry.best.distances.map((_, s) => (c === 1 && s === 1 ? -0.4 : 0.1)) },
  }));
  it('is the one furthest from its target, in words with its numbers', () => {
    const hardest = hardestSpec(catalogue, { ...snapshot, progress });
    expect([hardest?.info.id, hardest?.spec.name]).toEqual(['strongarm-comparator', catalogue.circuits[1].specs[1].name]);
    expect(sentence(hardest)).toMatch(
      /^Hardest now: Charge per cycle of StrongARM comparator\. The best sizing has .+, wanted is ≤ 600/,
    );
  });
  it('leaves out circuits that have left, and says when all hold or nothing is known', () => {
    const left = progress.map((entry, c) => ({ ...entry, present: c !== 1 }));
    expect(sentence(hardestSpec(catalogue, { ...snapshot, progress: left }))).toMatch(/^All targets are met/);
    const nothing = progress.map((entry) => ({ ...entry, best: null }));
    expect(hardestSpec(catalogue, { ...snapshot, progress: nothing })).toBeNull();
    expect(sentence(null)).toContain('being simulated');
  });
});

describe('the inspector', () => {
  it('says the same of an environment and of the point at which it stands', () => {
    const points = world.points[0].since(0);
    const e = 0;
    let row = points.count - 1;
    while (points.slot[row] !== e) row--;
    const standing = subjectOfEnvironment(catalogue.circuits, snapshot.environments, e);
    const point = subjectOfPoint(catalogue.circuits[0], points, points.first + row);
    expect(point?.rows.map(({ measured }) => measured)).toEqual(standing.rows.map(({ measured }) => measured));
    expect(point?.rows.map(({ target }) => target)).toEqual(catalogue.circuits[0].specs.map(({ target }) => target));
    expect([point?.title, standing.title]).toEqual([`Point ${row}`, 'Environment 0']);
  });
  it('compares nothing where there was no sane operating point, and knows what it does not know', () => {
    const state = new Uint8Array(environments.count).fill(EnvironmentState.invalid);
    const invalidOne = subjectOfEnvironment(catalogue.circuits, { ...environments, state }, 3);
    expect(invalidOne.rows.every(({ distance }) => Number.isNaN(distance))).toBe(true);
    const points = world.points[0].since(0);
    expect(subjectOfPoint(catalogue.circuits[0], points, points.count)).toBeNull();
  });
});
