import { describe, expect, it } from 'vitest';
import type { Situation } from '../../engine/api';
import { membersInTurn } from '../../engine/learn/acting';
import { toyCircuit } from './fixtures';

/** Environments as they are dealt out to circuits: one after the other, in turn. */
function dealtOut(circuits: number, environments: number, circuit: number): Situation[] {
  const info = toyCircuit(circuit, 2, 1);
  const nowhere = { step: 0, u: new Float32Array(2), z: new Float32Array(1), valid: true, target: new Float64Array(1) };
  return Array.from({ length: environments }, (_, slot): Situation => ({ slot, circuit: info, ...nowhere })).filter(
    ({ slot }) => slot % circuits === circuit,
  );
}

describe('members of the ensemble', () => {
  it.each([1, 2, 3, 4, 8])('are all asked by the environments of each of %i circuits', (circuits) => {
    for (let circuit = 0; circuit < circuits; circuit++) {
      const here = dealtOut(circuits, 4 * circuits, circuit);
      const memberOf = membersInTurn(here, 4);
      expect(here.map(({ slot }) => memberOf.get(slot))).toEqual([0, 1, 2, 3]);
    }
  });
});
