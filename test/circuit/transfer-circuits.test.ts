import { beforeAll, describe, expect, it } from 'vitest';
import type { CircuitDefinition, Simulator } from '../../engine/api';
import { checkTargets, createInProcessSimulator, type TargetsReport } from '../../engine/circuit';
import { randomSizings } from '../../engine/circuit/sampling';
import { currentMirrorOta } from '../../plugins/circuits/current-mirror-ota/definition';
import { fineReference as currentMirrorFine } from '../../plugins/circuits/current-mirror-ota/fine-reference';
import currentMirrorTargets from '../../plugins/circuits/current-mirror-ota/targets.json';
import { doubleTailComparator } from '../../plugins/circuits/double-tail-comparator/definition';
import { fineReference as doubleTailFine } from '../../plugins/circuits/double-tail-comparator/fine-reference';
import doubleTailTargets from '../../plugins/circuits/double-tail-comparator/targets.json';
import { foldedCascodeOta } from '../../plugins/circuits/folded-cascode-ota/definition';
import { fineReference as foldedCascodeFine } from '../../plugins/circuits/folded-cascode-ota/fine-reference';
import foldedCascodeTargets from '../../plugins/circuits/folded-cascode-ota/targets.json';
import { twoStageOpamp45nm } from '../../plugins/circuits/two-stage-opamp-45nm/definition';
import { fineReference as twoStage45nmFine } from '../../plugins/circuits/two-stage-opamp-45nm/fine-reference';
import twoStage45nmTargets from '../../plugins/circuits/two-stage-opamp-45nm/targets.json';

interface Case {
  readonly circuit: CircuitDefinition;
  readonly fine: CircuitDefinition;
  readonly targets: object;
  /** What the start measures, read once and looked through by hand: see the READMEs. */
  readonly start: readonly number[];
}

const cases: readonly Case[] = [
  { circuit: currentMirrorOta, fine: currentMirrorFine, targets: currentMirrorTargets, start: [216, 34.03e6, 83.64, 401.3e-6] },
  {
    circuit: foldedCascodeOta,
    fine: foldedCascodeFine,
    targets: foldedCascodeTargets,
    start: [936.6, 33.57e6, 85.68, 263.3e-6, 2.01],
  },
  {
    circuit: twoStageOpamp45nm,
    fine: twoStage45nmFine,
    targets: twoStage45nmTargets,
    start: [1109, 11.56e6, 5.067, 74.66e-6],
  },
  { circuit: doubleTailComparator, fine: doubleTailFine, targets: doubleTailTargets, start: [190.04e-12, 4.4659e-12, 4.9852e-3] },
];

describe.each(cases)('$circuit.id', ({ circuit, fine, targets, start }) => {
  const report = targets as unknown as TargetsReport;
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await createInProcessSimulator(() => 0);
    simulator.register(circuit);
    simulator.register(fine);
  });
  const evaluate = (parameters: Float64Array, circuitId = circuit.id) => simulator.evaluate({ circuitId, parameters });

  it('measures its start as it always did', async () => {
    const { measures, valid } = await evaluate(Float64Array.from(circuit.parameters, ({ initial }) => initial));
    expect(valid).toBe(true);
    for (const [i, value] of start.entries()) expect(measures[i]! / value, circuit.specs[i]!.name).toBeCloseTo(1, 3);
  });

  it('is within 2 % of a fine reference, and depends on the sizing alone', async () => {
    const sizings = randomSizings(circuit, { count: 40, seed: 3, mapping: 'linear' });
    const compared: { parameters: Float64Array; measures: Float64Array }[] = [];
    for (const parameters of sizings) {
      const fast = await evaluate(parameters);
      if (!fast.valid) continue;
      compared.push({ parameters, measures: fast.measures });
      if (compared.length === 4) break;
    }
    expect(compared.length).toBe(4);
    for (const { parameters, measures } of compared.reverse()) {
      expect([...(await evaluate(parameters)).measures]).toEqual([...measures]);
      const reference = await evaluate(parameters, fine.id);
      for (const [i, { name }] of circuit.specs.entries()) {
        const off = Math.abs(measures[i]! / reference.measures[i]! - 1);
        expect(off, `${name} of ${[...parameters].join(' ')}`).toBeLessThan(0.02);
      }
    }
  });

  it('has targets that their witnesses meet and no random sample does', async () => {
    expect(report.benchmark.metBySamples).toBe(0);
    expect(report.benchmark.feasible).not.toBeNull();
    expect(report.benchmark.target).toEqual(circuit.specs.map(({ target }) => target));
    expect(report.held.length).toBe(40);
    const some = { ...report, held: report.held.filter((_, i) => i % 8 === 0) };
    expect(await checkTargets(circuit, simulator, some)).toEqual([]);
  });
});
