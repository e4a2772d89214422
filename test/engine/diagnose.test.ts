import { describe, expect, it } from 'vitest';
import type { Agent, AgentDefinition, Diagnosis } from '../../engine/api';
import { fakeSimulator, steppingAgent } from './fixtures';
import { startRun, type TestRunOptions } from './run';

/** An agent that proposes by `choose`, with a neural simulator of a stated error. */
function agentOf(choose: (u: Float32Array, count: number) => Float32Array, error: number): AgentDefinition {
  let count = 0;
  const propose: Agent['propose'] = async (situations) =>
    situations.map(({ slot, u }) => ({ slot, u: choose(u, count++), action: new Float32Array(u.length), origin: 'policy' }));
  const describe: Agent['describe'] = () => ({
    buffers: [],
    neuralSimulators: [{ members: 1, fitSteps: 1, error, errorByCircuit: [error] }],
  });
  return steppingAgent([], { propose, describe });
}

async function diagnosed(
  options: TestRunOptions,
): Promise<{ diagnoses: readonly Diagnosis[]; kinds: readonly string[]; messages: string }> {
  const { engine, events } = startRun({
    ...options,
    configuration: {
      environments: 2,
      budget: 300,
      stopWhenMet: false,
      resetAfterInvalid: 1000,
      startPerturbation: 0,
      ...options.configuration,
    },
  });
  const { snapshot } = await engine.finished;
  const warnings = events.filter(({ kind }) => kind.startsWith('diagnosis-'));
  return {
    diagnoses: snapshot.diagnoses,
    kinds: warnings.map(({ kind }) => kind),
    messages: warnings.map(({ message }) => message).join('\n'),
  };
}

/** The exact start would be simulated once only. */
const stay = (u: Float32Array, count: number) =>
  u.map((x, i) => (i === 0 ? x + (Math.floor(count / 2) % 2 ? 0.002 : -0.002) : x));
const everywhere = (u: Float32Array, count: number) => u.map((_, i) => (0.5 + count * (i ? 0.618 : 0.414)) % 0.5);

describe('diagnosis', () => {
  it('finds flat performance, and blames a neural simulator that is far off', async () => {
    const { diagnoses, kinds, messages } = await diagnosed({ agent: agentOf(everywhere, 0.9) });
    expect(kinds.at(-1)).toBe('diagnosis-flat');
    expect(diagnoses).toMatchObject([{ circuit: 0, kind: 'flat', cause: 'model' }]);
    expect(messages).toMatch(/missed its target by .* for 120 simulations; likely cause: model error, .* off by 0.90/);
  });

  it('blames exploration where nothing but the best sizing is tried, and the schedule where neither is wrong', async () => {
    expect((await diagnosed({ agent: agentOf(stay, 0.01) })).diagnoses).toMatchObject([{ kind: 'flat', cause: 'exploration' }]);
    expect((await diagnosed({ agent: agentOf(everywhere, 0.01) })).diagnoses).toMatchObject([
      { kind: 'flat', cause: 'schedule' },
    ]);
  });

  it('finds rewards that vary much, and blames exploration for mostly invalid sizings', async () => {
    const simulator = fakeSimulator({
      answer: (_, call) => (call % 5 < 3 ? { valid: false, failure: 'invalid-operating-point' } : {}),
    });
    const { diagnoses } = await diagnosed({ agent: agentOf(everywhere, 0.01), simulator });
    expect(diagnoses.find(({ kind }) => kind === 'variance')).toMatchObject({ cause: 'exploration' });
    expect(diagnoses.find(({ kind }) => kind === 'variance')!.message).toMatch(/(59|60) % of the sizings tried are invalid/);
  });

  it('finds convergence that is too slow for the budget', async () => {
    const creep = (u: Float32Array) => u.map((x, i) => (i === 1 ? Math.max(0, x - 0.0004) : x));
    const { diagnoses, kinds } = await diagnosed({ agent: agentOf(creep, 0.5), configuration: { episodeSteps: 1000 } });
    expect(kinds).toEqual(['diagnosis-slow']);
    expect(diagnoses).toMatchObject([{ kind: 'slow', cause: 'model' }]);
    expect(diagnoses[0]!.message).toMatch(/simulations are needed and \d+ are left/);
  });

  it('says nothing of a training that goes well', async () => {
    expect((await diagnosed({ agent: steppingAgent([0, -1]), configuration: { stopWhenMet: true } })).kinds).toEqual([]);
  });
});
