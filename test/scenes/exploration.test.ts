/** What the exploration scene computes: projection, fronts, bins, brushes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAxes } from '../../scenes/exploration/axes';
import { dragged, gripAt, keyed } from '../../scenes/exploration/axis-brush';
import { addToGrid, cellOf, createGrid, visitedShare } from '../../scenes/exploration/binning';
import { courseOf } from '../../scenes/exploration/courses';
import { createModel } from '../../scenes/exploration/model';
import { createNearest, LARGEST_REACH } from '../../scenes/exploration/nearest';
import { extendFront, frontsThroughTime, paretoFront } from '../../scenes/exploration/pareto';
import { addMoments, createMoments, onMap, project, shadow } from '../../scenes/exploration/projection';
import { createSyntheticWorld } from '../../scenes/source/synthetic-world';

function world(points: number) {
  const made = createSyntheticWorld({ environments: 4, circuits: ['two-stage-opamp'], seed: 3, points });
  const info = made.catalogue.circuits[0];
  const answer = made.points[0].since(0);
  return { info, points: { ...answer, circuit: info.id, version: 1 } };
}

describe('projection', () => {
  it('finds the directions in which points were spread out', () => {
    // Along (3, 4, 0)/5 by ±0.4, along z by ±0.1, and nothing besides.
    const rows = Array.from({ length: 40 }, (_, i) => {
      const [a, b] = [0.4 * Math.cos((i * Math.PI) / 20), 0.1 * Math.sin((i * Math.PI) / 20)];
      return [0.5 + 0.6 * a, 0.5 + 0.8 * a, 0.5 + b];
    });
    const moments = createMoments(3);
    addMoments(moments, rows.flat(), 0, 10);
    addMoments(moments, rows.flat(), 10, 40);
    const { x, y, explained } = project(moments);
    [0.6, 0.8, 0].forEach((value, i) => {
      expect(x[i]).toBeCloseTo(value, 3);
    });
    expect(Math.abs(y[2])).toBeCloseTo(1, 3);
    expect(explained[0]).toBeGreaterThan(0.9);
    expect(explained[0] + explained[1]).toBeCloseTo(1, 6);
  });

  it('does not flip over when it is fitted anew', () => {
    const { points } = world(400);
    const moments = createMoments(7);
    addMoments(moments, points.u, 0, 200);
    const before = project(moments);
    const flipped = { ...before, x: before.x.map((v) => -v), y: before.y.map((v) => -v) };
    addMoments(moments, points.u, 200, 400);
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, i) => sum + v * b[i], 0);
    expect(dot(project(moments, before).x, before.x)).toBeGreaterThan(0);
    expect(dot(project(moments, flipped).x, before.x)).toBeLessThan(0);
  });

  it('has all of the parameter space within its shadow, and corners of it on the edge', () => {
    const { points } = world(300);
    const moments = createMoments(7);
    addMoments(moments, points.u, 0, 300);
    const projection = project(moments);
    const corners = shadow(projection);
    const place = (u: readonly number[]) => onMap(projection, u);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 7, maxLength: 7 }), (u) => {
        const [px, py] = place(u);
        corners.forEach(([x, y], i) => {
          const [nx, ny] = corners[(i + 1) % corners.length];
          expect((nx - x) * (py - y) - (ny - y) * (px - x)).toBeGreaterThan(-1e-9);
        });
      }),
      { numRuns: 50 },
    );
    const cube = Array.from({ length: 128 }, (_, code) => place(Array.from({ length: 7 }, (_, i) => (code >> i) & 1)));
    const highest = Math.max(...cube.map(([, y]) => y));
    expect(Math.max(...corners.map(([, y]) => y))).toBeCloseTo(highest, 9);
  });
});

describe('Pareto fronts', () => {
  const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 })), {
    minLength: 1,
    maxLength: 40,
  });
  it('hold exactly what nothing beats, once', () => {
    fc.assert(
      fc.property(points, (all) => {
        const front = paretoFront(
          (row) => all[row][0],
          (row) => all[row][1],
          all.length,
        );
        const beaten = (row: number) =>
          all.some(([x, y]) => x >= all[row][0] && y >= all[row][1] && (x > all[row][0] || y > all[row][1]));
        expect(front.every((row) => !beaten(row))).toBe(true);
        const best = new Set(all.filter((_, row) => !beaten(row)).map(String));
        expect(new Set(front.map((row) => String(all[row])))).toEqual(best);
        expect(front.length).toBe(best.size);
      }),
    );
  });
  it('leave out what is missing and what does not pass', () => {
    const x = [1, Number.NaN, 3, 2];
    expect(
      paretoFront(
        (row) => x[row],
        () => 1,
        4,
        (row) => row !== 2,
      ),
    ).toEqual([3]);
  });
  it('come out the same when points are added one by one', () => {
    fc.assert(
      fc.property(points, (all) => {
        const x = (row: number) => all[row][0];
        const y = (row: number) => all[row][1];
        const half = Math.ceil(all.length / 2);
        const front = [...paretoFront(x, y, half)];
        for (let row = half; row < all.length; row++) extendFront(front, x, y, row);
        expect(front).toEqual(paretoFront(x, y, all.length));
      }),
    );
  });
  it('stand at four times, each no better than the next', () => {
    const x = [1, 2, 3, 4, 5, 6, 7, 8];
    const fronts = frontsThroughTime(
      (row) => x[row],
      (row) => x[row],
      8,
    );
    expect(fronts.map(({ until, rows }) => [until, ...rows])).toEqual([
      [2, 1],
      [4, 3],
      [6, 5],
      [8, 7],
    ]);
  });
});

describe('what is nearest', () => {
  const place = fc.double({ min: 0, max: 99.9, noNaN: true });
  it('is found by squares as by looking at all', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(place, place), { maxLength: 60 }),
        place,
        place,
        fc.double({ min: 1, max: LARGEST_REACH, noNaN: true }),
        (places, x, y, reach) => {
          const nearest = createNearest();
          nearest.clear(100, 100);
          places.forEach(([px, py], row) => {
            nearest.add(row, px, py);
          });
          // Places are kept in single precision.
          const away = places.map(([px, py]) => Math.hypot(Math.fround(px) - x, Math.fround(py) - y));
          const least = Math.min(...away);
          const found = nearest.find(x, y, reach);
          if (least < reach - 1e-9) expect(away[found]).toBeCloseTo(least, 9);
          else expect(found).toBe(-1);
        },
      ),
    );
  });
  it('leaves out what lies outside, and all that was there before it was cleared', () => {
    const nearest = createNearest();
    nearest.clear(50, 50);
    nearest.add(3, 20, 20);
    nearest.add(4, -3, 20);
    nearest.add(5, 20, Number.NaN);
    expect([nearest.find(21, 20, 9), nearest.find(0, 20, 9)]).toEqual([3, -1]);
    nearest.clear(50, 50);
    expect(nearest.find(21, 20, 9)).toBe(-1);
  });
});

describe('grids', () => {
  it('keep counts and the best of each cell, the upper edge included', () => {
    const grid = createGrid(4);
    addToGrid(grid, 1, 1, -0.5, 0);
    addToGrid(grid, 0.99, 0.8, -0.2, 1);
    addToGrid(grid, 0.9, 0.9, -0.9, 2);
    addToGrid(grid, 0, 0, -0.7, 3);
    expect([grid.visits[15], grid.bestRow[15], grid.visits[0], grid.most]).toEqual([3, 1, 1, 3]);
    expect(visitedShare(grid)).toBe(2 / 16);
    expect(cellOf(4, 0.5, 0)).toBe(2);
  });
});

describe('axes and brushes', () => {
  it('place values and find them again, better measures higher', () => {
    const { info, points } = world(200);
    for (const axis of createAxes(info, points)) {
      for (const place of [0.1, 0.5, 0.9]) expect(axis.place(axis.value(place))).toBeCloseTo(place, 6);
    }
    const current = createAxes(info, points).find(({ id }) => id === 'm.current');
    expect(current?.place(200e-6)).toBeGreaterThan(current?.place(900e-6) ?? 1);
    expect(current?.place(Number.NaN)).toBeNaN();
  });

  it('let through what every brush holds, whatever comes first, brush or points', () => {
    const { info, points } = world(500);
    const brushes = [
      { circuit: info.id, axis: 'p.wn1', low: 2e-6, high: 40e-6 },
      { circuit: info.id, axis: 'm.pm', low: 40, high: 80 },
      { circuit: 'another', axis: 'p.wn1', low: 0, high: 0 },
    ];
    const early = createModel(info, points, brushes);
    while (early.advance(points, 1));
    const late = createModel(info, points, []);
    while (late.advance(points, 1));
    expect(late.passing).toBe(500);
    late.setBrushes(brushes);
    const [wn1, pm] = [late.axes[0], late.axes[9]];
    const expected = Array.from({ length: 500 }, (_, row) => {
      const [width, margin] = [wn1.of(points, row), pm.of(points, row)];
      return width >= 2e-6 * (1 - 1e-5) && width <= 40e-6 * (1 + 1e-5) && margin >= 40 && margin <= 80;
    });
    expect(Array.from(late.passes.subarray(0, 500), Boolean)).toEqual(expected);
    expect(early.passes.subarray(0, 500)).toEqual(late.passes.subarray(0, 500));
    expect(late.passing).toBeGreaterThan(0);
    expect(late.best(10).every((row) => expected[row])).toBe(true);
    const rewards = Array.from(points.reward)
      .filter((_, row) => expected[row])
      .sort((a, b) => b - a);
    expect(late.best(10).map((row) => points.reward[row])).toEqual(rewards.slice(0, 10));
  });

  it('are dragged by their edges, as a whole, and anew', () => {
    const range = { low: 0.2, high: 0.6 };
    expect([gripAt(range, 0.61, 0.03), gripAt(range, 0.2, 0.03), gripAt(range, 0.4, 0.03), gripAt(range, 0.9, 0.03)]).toEqual([
      'high',
      'low',
      'whole',
      'new',
    ]);
    expect(dragged(range, 'high', 0.6, 0.1)).toEqual({ low: 0.1, high: 0.2 });
    expect(dragged(range, 'whole', 0.4, 1)?.high).toBe(1);
    expect(dragged(range, 'new', 0.9, 0.8)).toEqual({ low: 0.8, high: 0.9 });
    expect(dragged(null, 'new', 0.5, 0.505)).toBeNull();
    expect(keyed(range, 'Delete', false)).toBeNull();
    expect(keyed(range, 'ArrowUp', true)?.low).toBeCloseTo(0.25);
    expect(keyed(range, 'a', false)).toBeUndefined();
  });
});

describe('points', () => {
  it('belong to the course of their episode, in the order of its steps', () => {
    const { points } = world(95);
    const course = courseOf(points, 33);
    expect(course.length).toBeGreaterThan(0);
    expect(course).toContain(33);
    for (const row of course) expect([points.slot[row], points.episode[row]]).toEqual([points.slot[33], points.episode[33]]);
  });
});
