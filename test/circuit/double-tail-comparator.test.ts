import { expect, it } from 'vitest';
import { thresholdSigma } from '../../engine/api';
import { createInProcessSimulator } from '../../engine/circuit';
import { doubleTailComparator as circuit, PAIRS } from '../../plugins/circuits/double-tail-comparator/definition';

const start = Float64Array.from(circuit.parameters, ({ initial }) => initial);

it('computes the offset that a search for the threshold finds', async () => {
  const simulator = await createInProcessSimulator(() => 0);
  simulator.register(circuit);
  const { measures } = await simulator.evaluate({ circuitId: circuit.id, parameters: start });
  const short = circuit.analyses.find(({ id }) => id === 'pair')!;

  /** Which output wins with one pair shifted and that much at the input. */
  async function decision(shifts: Readonly<Record<string, number>>): Promise<number> {
    const alter = { von: 0, ...shifts };
    simulator.register({
      ...circuit,
      id: 'shifted',
      analyses: [{ ...short, alter, options: { trtol: 1 } }],
      measures: onlyNames(),
    });
    const { curves } = await simulator.evaluate({ circuitId: 'shifted', parameters: start, detail: true });
    return curves!.pair!.real['v(d)']!.at(-1)!;
  }

  let variance = 0;
  for (const { source, model, parameter } of PAIRS) {
    const width = start[circuit.parameters.findIndex(({ name }) => name === parameter)]!;
    const difference = Math.SQRT2 * thresholdSigma('gf180', model, width, 0.3e-6);
    // The input pair's own difference is the offset that it makes.
    if (source === 'vpair') {
      variance += difference ** 2;
      continue;
    }
    let [low, high] = [-20e-3, 20e-3];
    for (let i = 0; i < 9; i++) {
      const middle = (low + high) / 2;
      if ((await decision({ [source]: difference, vpair: middle })) > 0) high = middle;
      else low = middle;
    }
    variance += ((low + high) / 2) ** 2;
  }
  const offset = measures[circuit.specs.findIndex(({ name }) => name === 'offset')]!;
  expect(Math.sqrt(variance) / offset).toBeGreaterThan(0.97);
  expect(Math.sqrt(variance) / offset).toBeLessThan(1.03);
});

/** The shifted circuit is looked at, not measured. */
function onlyNames() {
  return Object.fromEntries(circuit.specs.map(({ name }) => [name, () => 1]));
}
