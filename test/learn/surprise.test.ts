import { describe, expect, it } from 'vitest';
import type { Observation } from '../../engine/api';
import { createSurprise } from '../../engine/learn/surprise';
import { toyCircuit, toyRandom } from './fixtures';

const circuit = toyCircuit(0, 2, 2);
const random = toyRandom(5);

function seen(z: readonly number[], valid = true): Observation {
  const u = new Float32Array(2);
  const from = { u, z: new Float32Array(2), valid: true, action: u };
  return {
    ...{ slot: 3, circuit, from, u, z: Float32Array.from(z), valid, measures: new Float64Array(2), target: new Float64Array(2) },
    ...{ reward: 0, met: false, done: false },
  };
}

function expectation(spread: number, validity = 0.9) {
  return { z: new Float32Array(2), spread: Float32Array.of(spread, spread), validity };
}

describe('surprise', () => {
  it('is 1 in units of the spread, and within two of it 95 % of the time, where what is expected is calibrated', () => {
    const surprise = createSurprise('model');
    let ratio = 0;
    let covered = 0;
    for (let i = 0; i < 2000; i++) {
      surprise.expect(3, expectation(0.2));
      surprise.compare(seen([0.2 * random.normal(), 0.2 * random.normal()]));
      if (i < 200) continue;
      const metrics = surprise.metrics();
      ratio += metrics['model/errorToSpread/0']! / 1800;
      covered += metrics['model/coverage/0']! / 1800;
    }
    expect(ratio).toBeCloseTo(1, 1);
    expect(covered).toBeCloseTo(0.954, 1);
  });

  it('begins with plain means, and leaves what is invalid to validity alone', () => {
    const surprise = createSurprise('model');
    expect(surprise.error(0)).toBeNaN();
    for (const miss of [0.1, 0.3]) {
      surprise.expect(3, expectation(0.1));
      surprise.compare(seen([miss, -miss]));
    }
    surprise.expect(3, expectation(0.1));
    surprise.compare(seen([9, 9], false));
    expect(surprise.error(0)).toBeCloseTo(0.2, 6);
    expect(surprise.metrics()['model/validityHits/0']).toBeCloseTo(2 / 3, 6);
    // Nothing was expected: nothing can be missed.
    surprise.compare(seen([5, 5]));
    expect(surprise.error(0)).toBeCloseTo(0.2, 6);
  });

  it('goes on from a saved state as if nothing had happened', () => {
    const surprise = createSurprise('model');
    surprise.expect(3, expectation(0.1));
    surprise.compare(seen([0.3, 0.1]));
    surprise.expect(3, expectation(0.2));
    const other = createSurprise('model');
    other.restore(structuredClone(surprise.state()));
    for (const one of [surprise, other]) one.compare(seen([0.4, 0.6]));
    expect(other.metrics()).toEqual(surprise.metrics());
  });
});
