import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CircuitDefinition, Evaluation, Verified } from '../../engine/api';
import { spreadsOf, yieldOf } from '../../engine/api/verification';
import { readSizing } from '../../engine/cli/verify/read-sizing';
import { describeVerification } from '../../engine/cli/verify/report';
import { createRunCircuit } from '../../engine/loop/run-circuit';
import { ldo } from '../../plugins/circuits/ldo';
import { twoStageOpamp } from '../../plugins/circuits/two-stage-opamp';
import { divider } from '../circuit/divider';

const sample = (i: number, evaluation: Partial<Evaluation>, distance: number): Verified => ({
  title: `sample ${i}`,
  evaluation: {
    measures: Float64Array.of(Number.NaN),
    valid: true,
    failure: null,
    failureDetail: '',
    milliseconds: 1,
    ...evaluation,
  },
  distances: Float32Array.of(distance),
  met: distance >= 0,
});

const invalid = (i: number, failureDetail: string) =>
  sample(i, { valid: false, failure: 'invalid-operating-point', failureDetail }, -1);

const report = (samples: readonly Verified[], circuit: CircuitDefinition = divider, corners: readonly Verified[] = []) =>
  describeVerification(
    circuit,
    {
      corners,
      samples,
      cornerSpecs: spreadsOf(circuit, corners),
      sampleSpecs: spreadsOf(circuit, samples),
      yield: yieldOf(samples),
    },
    1,
  );

describe('a report of a verification', () => {
  test('says what a yield does not mean, and of which samples its means are', () => {
    const samples = [sample(1, { measures: Float64Array.of(2.6) }, 0.02), invalid(2, 'no')];
    const caveat = 'its testbench is open loop';
    expect(report(samples, { ...divider, yieldCaveat: caveat })).toMatch(
      /yield 50\.0 % .*\n\nThis yield says nothing about the circuit: its testbench is open loop\.\nWorst, mean and σ are of valid samples only: 1 of 2\./,
    );
    expect(report(samples.slice(0, 1))).not.toMatch(/says nothing|valid samples/);
    expect(twoStageOpamp.yieldCaveat).toMatch(/open loop/);
    expect(createRunCircuit(twoStageOpamp, 0, { episodeSteps: 1, startPerturbation: 0 }).info.yieldCaveat).toBe(
      twoStageOpamp.yieldCaveat,
    );
  });

  test('counts invalid samples by their reason, whatever their values', () => {
    const text = report([
      invalid(1, 'the output sits on a rail (v(out) = 0.0123)'),
      invalid(2, 'the output sits on a rail (v(out) = 3.2)'),
      invalid(3, 'm1 is not saturated (vds = 0.1, vdsat = 0.2)'),
    ]);
    expect(text).toContain('  2  the output sits on a rail\n  1  m1 is not saturated\n');
  });
});

test('a folder of a run stands for its result', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ohmba-verify-'));
  const best = { ldo: { parameters: Object.fromEntries(ldo.parameters.map(({ name, minimum }) => [name, minimum])) } };
  writeFileSync(join(folder, 'result.json'), JSON.stringify({ best }));
  const { circuit, parameters } = await readSizing(folder, { circuit: '', set: new Map() });
  rmSync(folder, { recursive: true });
  expect(circuit.id).toBe('ldo');
  expect([...parameters]).toEqual(ldo.parameters.map(({ minimum }) => minimum));
});
