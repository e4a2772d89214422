import { expect, it } from 'vitest';
import type { CircuitDefinition, FailureClass } from '../../engine/api';
import { initialSizing } from '../../engine/api/parameter-space';
import { OhmbaError, RandomStream } from '../../engine/base';
import { loadCircuit } from '../../engine/circuit/files/load-circuit';
import { createNodeSimulatorPool } from '../../engine/circuit/pool.node';
import { exampleFiles } from '../../plugins/example-files';
import { mutateFiles } from './mutate-files';

/** `OHMBA_MUTATIONS=2000 npx vitest run test/circuit/mutated-files.test.ts` tries more. */
const COUNT = Number(process.env.OHMBA_MUTATIONS ?? 40);
const TIME_LIMIT = 1000;
const CLASSES: readonly FailureClass[] = [
  'no-convergence',
  'time-out',
  'missing-measure',
  'out-of-range',
  'invalid-operating-point',
  'engine-died',
  'bad-netlist',
];
/** An instance of ngspice takes some 60 MiB; what is let go is not always given back at once. */
const MOST_GROWTH = 400 * 1024 * 1024;

it(
  'spoilt circuit files end in a classed result or a clear error, and the pool is whole afterwards',
  async () => {
    const random = new RandomStream(5);
    const { 'circuit.json': circuit, 'amplifier.cir': netlist } = exampleFiles;
    const files = { 'circuit.json': circuit!, 'amplifier.cir': netlist! };
    const pool = await createNodeSimulatorPool({ workers: 2 });
    const evaluate = async (definition: CircuitDefinition) => {
      pool.register(definition);
      const evaluation = await pool.evaluate({ circuitId: definition.id, parameters: initialSizing(definition.parameters) });
      return evaluation;
    };
    try {
      const sound = loadCircuit(files);
      const before = await evaluate(sound);
      expect(before.failure).toBeNull();
      const memory = process.memoryUsage().rss;
      const outcomes = new Map<string, number>();
      const count = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      for (let i = 0; i < COUNT; i++) {
        const spoilt = mutateFiles(files, random);
        const where = `mutation ${i}`;
        let definition: CircuitDefinition;
        try {
          definition = loadCircuit(spoilt);
        } catch (thrown) {
          expect(thrown, where).toBeInstanceOf(OhmbaError);
          const { message } = thrown as OhmbaError;
          // File and line first, then what was expected and what to do.
          expect(message, where).toMatch(/^("?circuit\.json"?|amplifier\.cir)\b.*; expected .*; .*\.$/);
          expect(message, where).not.toContain('\n');
          count('refused');
          continue;
        }
        const { valid, failure, failureDetail } = await evaluate({ ...definition, timeLimitMilliseconds: TIME_LIMIT });
        expect(valid, where).toBe(failure === null);
        if (failure !== null) {
          expect(CLASSES, where).toContain(failure);
          expect(failureDetail, where).not.toBe('');
        }
        count(failure ?? 'valid');
      }
      // The faults must reach all the way: some are refused, some simulate, some fail there.
      expect(outcomes.get('refused')).toBeGreaterThan(COUNT / 10);
      expect([...outcomes.keys()].filter((outcome) => CLASSES.includes(outcome as FailureClass)).length).toBeGreaterThan(1);
      const [after, again] = await Promise.all([evaluate(sound), evaluate(sound)]);
      expect([...after.measures]).toEqual([...before.measures]);
      expect([...again.measures]).toEqual([...before.measures]);
      expect(process.memoryUsage().rss - memory).toBeLessThan(MOST_GROWTH);
      console.info(
        `${COUNT} spoilt circuits: ${[...outcomes].map(([outcome, times]) => `${times} ${outcome}`).join(', ')}; ` +
          `${pool.statistics().replaced} instances replaced`,
      );
    } finally {
      await pool.dispose();
    }
  },
  120_000 + COUNT * 1000,
);
