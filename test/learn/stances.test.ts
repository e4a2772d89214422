import { describe, expect, it } from 'vitest';
import type { Observation, Situation } from '../../engine/api';
import { createStances } from '../../engine/learn/stances';
import { toyCircuit } from './fixtures';

const nowhere = { u: new Float32Array(2), z: new Float32Array(1), valid: true, target: new Float64Array(1) };

/** Environments as they are dealt out to circuits: one after the other, in turn. */
function dealtOut(circuits: number, environments: number, circuit: number): Situation[] {
  const info = toyCircuit(circuit, 2, 1);
  return Array.from({ length: environments }, (_, slot): Situation => ({ slot, circuit: info, step: 0, ...nowhere })).filter(
    ({ slot }) => slot % circuits === circuit,
  );
}

function result({ slot, circuit, u, z, valid }: Situation, from: Observation['from'], reward = 0): Observation {
  const told = { measures: new Float64Array(1), target: new Float64Array(1), met: false, done: false };
  return { slot, circuit, u, z, valid, from, reward, ...told };
}

const STEP = { ...nowhere, action: new Float32Array(2) };

describe('stances', () => {
  it.each([1, 2, 3, 4, 8])('let the environments of each of %i circuits ask every member of the ensemble', (circuits) => {
    for (let circuit = 0; circuit < circuits; circuit++) {
      const here = dealtOut(circuits, 4 * circuits, circuit);
      const stances = createStances().of(here, 4);
      expect(here.map(({ slot }) => stances.get(slot)!.member)).toEqual([0, 1, 2, 3]);
    }
  });

  it('let half of the environments stay apart, each in every second episode', () => {
    const here = dealtOut(4, 16, 3);
    const stances = createStances();
    for (const situation of here) stances.observe(result(situation, null));
    const apart = () => [...stances.of(here, 4).values()].map(({ apart: one }) => one);
    const first = apart();
    expect(first.filter(Boolean)).toHaveLength(2);
    for (const situation of here) stances.observe(result(situation, STEP));
    expect(apart()).toEqual(first);
    for (const situation of here) stances.observe(result(situation, null));
    expect(apart()).toEqual(first.map((one) => !one));
  });

  it('know the best sizing of the present episode', () => {
    const [here] = dealtOut(1, 1, 0);
    const stances = createStances();
    const at = (x: number) => ({ ...here!, u: new Float32Array([x, x]) });
    const own = () => stances.of([at(0.9)], 4).get(0)!.own[0]!;
    expect(own()).toBeCloseTo(0.9);
    stances.observe(result(at(0.1), null, -0.3));
    stances.observe(result(at(0.2), STEP, -0.1));
    stances.observe(result(at(0.3), STEP, -0.2));
    expect(own()).toBeCloseTo(0.2);
    stances.observe(result(at(0.4), null, -0.5));
    expect(own()).toBeCloseTo(0.4);
  });

  it('go on from a saved state', () => {
    const here = dealtOut(1, 3, 0);
    const stances = createStances();
    stances.observe(result(here[1]!, null));
    const others = createStances();
    others.restore(JSON.parse(JSON.stringify(stances.state())));
    expect(others.of(here, 4)).toEqual(stances.of(here, 4));
  });
});
