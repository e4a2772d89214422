import { describe, expect, it } from 'vitest';
import type { Ask } from '../../engine/api/questions';
import type { Verified } from '../../engine/api/verification';
import { spreadsOf, yieldOf } from '../../engine/api/verification';
import { type Progress, SAMPLES, verifyAll } from '../../scenes/bench/conditions';
import { createSyntheticAnswers } from '../../scenes/source/synthetic-answers';
import { createSyntheticWorld } from '../../scenes/source/synthetic-world';

const world = createSyntheticWorld({ circuits: ['two-stage-opamp'], environments: 1, seed: 1 });
const [info] = world.catalogue.circuits;
const sizing = Float64Array.from(info.parameters, ({ initial }) => initial);
const answers = createSyntheticAnswers(world);

describe('conditions of a sizing', () => {
  it('come one a question, a few at once, in order and told as they come', async () => {
    let [under, most] = [0, 0];
    const ask = (async (name, question) => {
      most = Math.max(most, ++under);
      const answer = await answers(name, question);
      under--;
      return answer;
    }) as Ask;
    const told: Progress[] = [];
    const all = (await verifyAll(ask, 0, sizing, 'corners', new AbortController().signal, (p) => told.push(p))) as Verified[];
    const { corners } = await answers('conditions', { circuit: 0 });
    expect(all.map(({ title }) => title)).toEqual(corners);
    expect(told.map(({ done }) => done)).toEqual([...corners, ''].map((_, i) => i));
    expect(most).toBe(2);
    const gain = spreadsOf(info, all)[0];
    expect(gain.worst).toBe(Math.min(...all.map(({ evaluation }) => evaluation.measures[0])));
    expect(gain.met).toBe(all.filter(({ distances }) => distances[0] >= 0).length);
  });
  it('stop where nobody wants them any more, and say what was refused', async () => {
    const control = new AbortController();
    let asked = 0;
    const ask = ((name, question) => {
      if (name === 'verify' && ++asked === 5) control.abort();
      return answers(name, question);
    }) as Ask;
    expect(await verifyAll(ask, 0, sizing, 'samples', control.signal, () => undefined)).toBeNull();
    expect(asked).toBeLessThan(SAMPLES / 4);
    const refuse = ((name, question) =>
      name === 'verify' ? Promise.reject(new Error('mismatch is not known')) : answers(name, question)) as Ask;
    await expect(verifyAll(refuse, 0, sizing, 'samples', new AbortController().signal, () => undefined)).rejects.toThrow(
      /not known/,
    );
  });
  it('give a yield with its interval, and none of nothing', async () => {
    const all = await verifyAll(answers, 0, sizing, 'samples', new AbortController().signal, () => undefined);
    const found = yieldOf(all as Verified[]);
    expect(found?.share).toBe((all as Verified[]).filter(({ met }) => met).length / SAMPLES);
    expect(found?.interval.low).toBeLessThanOrEqual(found?.share as number);
    expect(yieldOf([])).toBeNull();
  });
});
