import { describe, expect, test } from 'vitest';
import { defaultHyperParameters, hyperParameterRanges } from '../../engine/api';
import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { CircuitProgress, Snapshot } from '../../engine/api/snapshot';
import { describeProgress } from '../../engine/cli/train/describe-progress';
import { hyperParametersFrom } from '../../engine/cli/train/hyper-options';
import { describeResult, trainingReport } from '../../engine/cli/train/report';
import { fakeSimulator } from '../engine/fixtures';

const circuit: CircuitInfo = {
  id: 'opamp',
  title: 'Op-amp',
  index: 0,
  parameters: [
    {
      name: 'w1',
      title: 'width of the pair',
      kind: 'width',
      unit: 'm',
      minimum: 0.5e-6,
      maximum: 1e-4,
      scale: 'log',
      initial: 1e-5,
      roles: ['input-pair'],
      polarity: 'n',
      devices: ['m1'],
    },
  ],
  specs: [
    {
      name: 'gain',
      title: 'Gain',
      kind: 'gain',
      unit: 'V/V',
      direction: 'at-least',
      target: 300,
      range: { easy: 250, hard: 450 },
      transform: { scale: 'log', center: 300, spread: 1.5 },
    },
    {
      name: 'current',
      title: 'Supply current',
      kind: 'current',
      unit: 'A',
      direction: 'at-most',
      target: 4e-4,
      range: { easy: 1e-3, hard: 3.5e-4 },
      transform: { scale: 'log', center: 4e-4, spread: 1 },
    },
  ],
};

function progressOf(change: Partial<CircuitProgress>): CircuitProgress {
  return {
    circuit: 0,
    present: true,
    share: 1,
    training: 50,
    evaluation: 4,
    failures: 3,
    timedOut: 2,
    stepsToTarget: null,
    best: {
      reward: -0.02,
      simulation: 41,
      parameters: Float64Array.of(2e-5),
      measures: Float64Array.of(412.34, Number.NaN),
      distances: Float32Array.of(0.1, -0.25),
      met: false,
    },
    successRate: Number.NaN,
    ...change,
  };
}

function snapshotOf(progress: CircuitProgress): Snapshot {
  const none = new Float64Array();
  return {
    tick: 7,
    paused: false,
    speed: Number.POSITIVE_INFINITY,
    seconds: 10,
    simulations: { training: 50, evaluation: 4, byHand: 0 },
    budget: 400,
    updates: 120,
    simulationsPerSecond: 5.04,
    updatesPerSecond: 31.4,
    scheduled: { realRatio: 0.05, updates: 8, rollouts: 128, rolloutLength: 3, reason: 'early' },
    environments: {
      count: 0,
      entity: new Uint32Array(),
      circuit: new Uint16Array(),
      state: new Uint8Array(),
      episode: new Uint32Array(),
      episodeStep: new Uint16Array(),
      reward: new Float32Array(),
      bestReward: new Float32Array(),
      parameterOffset: new Uint32Array(),
      specOffset: new Uint32Array(),
      parameters: none,
      measures: none,
      targets: none,
      distances: new Float32Array(),
    },
    progress: [progress],
    diagnoses: [],
    metrics: {},
    simulator: fakeSimulator().statistics(),
    phases: {},
    activity: null,
    events: [],
  };
}

test('the progress line has counts, rates, schedule, distances and the time left', () => {
  expect(describeProgress(snapshotOf(progressOf({})), [circuit])).toBe(
    '50/400 sims +4 eval | 5.0 sims/s, 31 upd/s | real 5.0% upd 8 roll 128×3 | gain ok current -25% | 70 s left',
  );
  expect(describeProgress(snapshotOf(progressOf({ best: null })), [circuit])).toContain('no valid point yet');
});

test('the report is JSON without NaN', () => {
  const executor = { kind: 'webgpu', description: 'WebGPU, a card', reason: 'as asked for' };
  const report = JSON.parse(
    JSON.stringify(trainingReport({ reason: 'budget', failure: '', snapshot: snapshotOf(progressOf({})) }, [circuit], executor)),
  );
  expect(report).toEqual({
    ended: 'budget',
    met: { opamp: false },
    simulations: { training: 50, evaluation: 4 },
    timedOut: 2,
    stepsToTarget: { opamp: null },
    seconds: 10,
    updates: 120,
    executor: { kind: 'webgpu', description: 'WebGPU, a card' },
    best: { opamp: { parameters: { w1: 2e-5 }, measures: { gain: 412.34, current: null } } },
  });
});

test('the result shows the sizing and each measure against its target', () => {
  const text = describeResult(progressOf({ stepsToTarget: 41 }), circuit);
  expect(text).toMatch(/^opamp: target met after 41 simulations\n/);
  expect(text).toMatch(/w1\s+20\.00 µm\s+width of the pair/);
  expect(text).toMatch(/gain\s+412\.3 V\/V\s+≥ 300\.0 V\/V\s+met/);
  expect(text).toMatch(/current\s+—\s+≤ 400\.0 µA\s+missed/);
  expect(describeResult(progressOf({ best: null }), circuit)).toContain('no valid point was found');
});

describe('hyper-parameters', () => {
  const m3 = { defaults: defaultHyperParameters, ranges: hyperParameterRanges };

  test('are changes of the defaults, with or without the prefix', () => {
    const hyper = hyperParametersFrom(
      m3,
      new Map([
        ['warmup', '40'],
        ['hyper.gamma', '0.8'],
        ['targetEntropy', '-0.5'],
      ]),
    );
    expect(hyper).toEqual({ warmup: 40, gamma: 0.8, targetEntropy: -0.5 });
  });

  test.each([
    ['warmpu', '40', /unknown hyper-parameter "warmpu".*perhaps "warmup"/],
    ['warmup', 'many', /warmup is "many".*whole number of 1 or more/],
    ['warmup', '1.5', /whole number/],
    ['gamma', '-1', /gamma is "-1".*a number from 0 to 1/],
    ['fitEvery', '0', /a whole number of 1 or more/],
    ['gamma', 'NaN', /gamma is "NaN"/],
  ])('%s=%s is refused', (name, value, message) => {
    expect(() => hyperParametersFrom(m3, new Map([[name, value]]))).toThrow(message);
  });
});
