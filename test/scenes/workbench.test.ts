import { describe, expect, it } from 'vitest';
import type { Ask, SimulatedByHand } from '../../engine/api/questions';
import { differing } from '../../scenes/bench/pin-table';
import { initialOf, type Subject } from '../../scenes/bench/subject';
import { createWorkbench, whyNoPin } from '../../scenes/bench/workbench';
import { syntheticCircuits } from '../../scenes/source/synthetic-circuits';

const [opamp, comparator] = syntheticCircuits(['two-stage-opamp', 'strongarm-comparator']).map(initialOf);

/** A bench whose simulations come when the test says so. */
function onTheBench() {
  const open: { resolve(answer: SimulatedByHand): void; reject(error: Error): void }[] = [];
  const failures: string[] = [];
  const ask = (() => new Promise((resolve, reject) => open.push({ resolve, reject }))) as unknown as Ask;
  const nothing = () => {};
  const bench = createWorkbench(ask, {
    laid: nothing,
    changed: nothing,
    failed: (why) => failures.push(why),
    busy: nothing,
  });
  const settle = () => new Promise((done) => setTimeout(done));
  return {
    bench,
    open,
    failures,
    async answer(evaluation: Partial<SimulatedByHand['evaluation']> = {}) {
      open.shift()?.resolve({ evaluation: { valid: true, failure: null, ...evaluation } } as SimulatedByHand);
      await settle();
    },
    async refuse() {
      open.shift()?.reject(new Error('no simulator'));
      await settle();
    },
  };
}

describe('what lies on the bench', () => {
  it('leaves neither result nor pins to another circuit, and takes no late answer for it', async () => {
    const { bench, answer } = onTheBench();
    bench.lay(opamp);
    bench.simulate();
    await answer();
    bench.pin();
    expect(bench.pins).toHaveLength(1);
    bench.simulate();
    bench.lay(comparator);
    expect(bench.result).toBeNull();
    expect(bench.pins).toEqual([]);
    await answer();
    expect(bench.result).toBeNull();
  });

  it('keeps a result together with the sizing that it is of', async () => {
    const { bench, answer, open } = onTheBench();
    bench.lay(opamp);
    bench.simulate();
    await answer();
    bench.turn(0, 2e-6);
    bench.simulate();
    bench.pin();
    expect(bench.pins[0].subject.parameters).toEqual(opamp.parameters);
    expect(open).toHaveLength(1);
    await answer();
    expect(bench.result?.subject.parameters[0]).toBe(2e-6);
    expect(bench.result?.subject.origin).toBe('by hand');
  });

  it('has no result where the simulation failed, and says so', async () => {
    const { bench, answer, refuse, failures } = onTheBench();
    bench.lay(opamp);
    bench.simulate();
    await answer();
    bench.turn(0, 2e-6);
    bench.simulate();
    await refuse();
    expect(bench.result).toBeNull();
    expect(failures).toEqual(['Could not be simulated: no simulator']);
  });

  it('follows the newest selection, whichever answer comes last', async () => {
    const { bench } = onTheBench();
    let late: (subject: Subject) => void = () => {};
    const slow = bench.follow(new Promise((resolve) => (late = resolve)));
    await bench.follow(Promise.resolve({ ...opamp, origin: 'environment 3' }));
    late({ ...opamp, origin: 'point 8' });
    await slow;
    expect(bench.subject?.origin).toBe('environment 3');
  });

  it('lets no late answer overwrite what was turned by hand', async () => {
    const { bench } = onTheBench();
    bench.lay(opamp);
    let late: (subject: Subject) => void = () => {};
    const slow = bench.follow(new Promise((resolve) => (late = resolve)));
    bench.turn(0, 2e-6);
    late({ ...opamp, origin: 'point 8' });
    await slow;
    expect(bench.subject?.origin).toBe('by hand');
  });

  it('numbers pins for good', async () => {
    const { bench, answer } = onTheBench();
    bench.lay(opamp);
    bench.simulate();
    await answer();
    bench.pin();
    bench.pin();
    bench.unpin(bench.pins[0]);
    bench.pin();
    expect(bench.pins.map(({ number }) => number)).toEqual([2, 3]);
  });

  it('pins what is sound, once', async () => {
    const { bench, answer } = onTheBench();
    expect(whyNoPin(bench)).toContain('Nothing has been simulated');
    bench.lay(opamp);
    bench.simulate();
    await answer({ valid: false, failureDetail: 'm1 is off' });
    expect(whyNoPin(bench)).toContain('invalid');
    bench.simulate();
    await answer();
    expect(whyNoPin(bench)).toBeNull();
    bench.pin();
    expect(whyNoPin(bench)).toContain('already');
  });

  it('is told apart from pins by the parameters that differ', async () => {
    const { bench, answer } = onTheBench();
    bench.lay(opamp);
    bench.simulate();
    await answer();
    bench.pin();
    bench.turn(2, 2e-6);
    bench.simulate();
    await answer();
    expect(differing([bench.result, ...bench.pins])).toEqual([2]);
    bench.lay(bench.pins[0].subject);
    bench.simulate();
    await answer();
    expect(differing([bench.result, ...bench.pins])).toEqual([]);
    expect(differing([null, ...bench.pins])).toEqual([]);
  });
});
