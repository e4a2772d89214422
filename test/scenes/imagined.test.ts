/** Calibration and errors of predictions, places of panels, and what the lens makes of an insight. */
import { describe, expect, it } from 'vitest';
import { fromZ } from '../../engine/api';
import { createModel } from '../../scenes/exploration/model';
import { believedPlace, LEVELS, summariseErrors } from '../../scenes/imagined/errors';
import { panelsOf } from '../../scenes/imagined/panels';
import { strengths, tokenNames } from '../../scenes/lens/token-table';
import { pretendLook } from '../../scenes/source/synthetic-look';
import { createSyntheticWorld } from '../../scenes/source/synthetic-world';

const made = createSyntheticWorld({ environments: 4, circuits: ['two-stage-opamp'], seed: 3, points: 4000 });
const info = made.catalogue.circuits[0];
const P = info.parameters.length;
const S = info.specs.length;

/** A model of points whose predictions are off by `error` spreads, given the row. */
function modelOf(error: (row: number) => number, spread = 0.1) {
  const { u, measures, predicted, ...rest } = made.points[0].since(0);
  const z = (row: number, s: number) => {
    const { center, spread: unit } = info.specs[s].transform;
    return (Math.log(measures[row * S + s]) - center) / unit;
  };
  const points = {
    ...rest,
    u,
    measures,
    circuit: info.id,
    version: 1,
    predicted: predicted.map((_, i) => z(Math.floor(i / S), i % S) + spread * error(Math.floor(i / S))),
    spread: predicted.map(() => spread),
  };
  const model = createModel(info, points, []);
  while (model.advance(points, 50));
  return model;
}

describe('errors of predictions', () => {
  it('hold what their spread promises where they are normal, and less where the spread is too small', () => {
    // Equal steps of chance, turned into deviations by Box and Muller's pairs.
    const normal = (row: number) => Math.sqrt(-2 * Math.log((row + 0.5) / 4000)) * Math.cos(2 * Math.PI * ((row * 0.618034) % 1));
    const honest = summariseErrors(modelOf(normal));
    LEVELS.forEach((level, i) => {
      expect(honest.held[i]).toBeCloseTo(level, 1);
    });
    expect(honest.heldBySpec).toHaveLength(S);
    expect(honest.predictions).toBe(4000 * S);
    const proud = summariseErrors(modelOf((row) => 3 * normal(row)));
    expect(proud.held[LEVELS.indexOf(0.683)]).toBeLessThan(0.4);
  });

  it('are followed over time', () => {
    const { overTime, overTimeBySpec } = summariseErrors(modelOf((row) => (row < 2000 ? 4 : 1)));
    expect(overTime[0]).toBeCloseTo(0.4, 3);
    expect(overTime.at(-1)).toBeCloseTo(0.1, 3);
    expect(overTimeBySpec[2][10]).toBeCloseTo(0.4, 3);
  });

  it('count a hope in vain where the prediction held the target and the result misses it', () => {
    expect(summariseErrors(modelOf(() => 0)).wrongHope.every((share) => share < 0.01)).toBe(true);
    // Far to the good side of an at-least target, far to the bad side of an at-most one.
    const { wrongHope } = summariseErrors(modelOf(() => 30));
    info.specs.forEach(({ direction }, s) => {
      if (direction === 'at-least') expect(wrongHope[s]).toBeGreaterThan(0.3);
      else expect(wrongHope[s]).toBe(0);
    });
  });

  it('leave out points that a brush holds back, and predictions that were never made', () => {
    const model = modelOf((row) => (row % 2 === 0 ? Number.NaN : 1));
    expect(summariseErrors(model).predictions).toBe(2000 * S);
    model.setBrushes([{ circuit: info.id, axis: 'reward', low: 5, high: 6 }]);
    const none = summariseErrors(model);
    expect([none.predictions, none.held[0], none.overTime[0]]).toEqual([0, Number.NaN, Number.NaN]);
  });

  it('stand where the axis of the measure has them', () => {
    const model = modelOf(() => 0);
    const { transform } = info.specs[1];
    const place = believedPlace(model, 7, 1, 2);
    expect(place).toBeCloseTo(model.axes[P + 1].place(fromZ(transform, model.points.predicted[7 * S + 1] + 0.2)), 6);
  });
});

describe('panels', () => {
  it.each([1, 2, 5, 6, 9, 13])('%d of them lie in their box, apart from each other', (count) => {
    const box = { x: 10, y: 20, width: 640, height: 420 };
    const panels = panelsOf(box, count, { left: 4, right: 4, top: 16, bottom: 10 }, 1.3);
    expect(panels).toHaveLength(count);
    panels.forEach((a, i) => {
      expect(a.x >= box.x && a.x + a.width <= box.x + box.width && a.y >= box.y && a.y + a.height <= box.y + box.height).toBe(
        true,
      );
      for (const b of panels.slice(i + 1)) {
        expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true);
      }
    });
  });
});

describe('the lens', () => {
  it('names the tokens in the order in which the networks are told them', () => {
    const names = tokenNames(info);
    expect(names).toHaveLength(pretendLook(info, made.points[0].since(3, 1), 0).insight.tokens);
    expect([names[0].kind, names[1].name, names[P + 1].name, names.at(-1)?.kind]).toEqual(['circuit', 'wn1', 'Gain', 'circuit']);
  });
  it('shows signed values on both sides of nothing, sizes from least to most', () => {
    expect(strengths([1, -4, 0], true)).toEqual([0.25, -1, 0]);
    expect(strengths([2, 3, 4], false)).toEqual([0, 0.5, 1]);
    expect(strengths([2, 2], false)).toEqual([0, 0]);
  });
  it('is given a rollout of the length that was asked for', () => {
    const { rollout } = pretendLook(info, made.points[0].since(3, 1), 5);
    expect(rollout.map(({ z }) => z.length)).toEqual(Array.from({ length: 5 }, () => S));
  });
});
