import type { CircuitDefinition } from '../../api/circuit';
import { distanceToSpec } from '../../api/distance';
import { formatQuantity } from '../../base';
import { type CheckUp, checkUp } from '../../circuit/check-up';
import { findCircuit } from '../catalogue';
import { defineCommand } from '../command';
import { openSimulator } from '../open-simulator';
import { flag, integer, isTrusted, simulatorOptions } from '../options';
import { ProgressLine } from '../progress-line';
import { oneWord } from '../sizing';
import { stopIfInterrupted } from '../stop-if-interrupted';
import { formatTable } from '../table';

export const check = defineCommand({
  name: 'check',
  usage: 'check FOLDER [options]',
  summary: 'validates a circuit of your own and tries it: failures, speed, ranges, dead parameters',
  options: {
    points: { type: integer(1, 100_000), value: 50, help: 'random sizings' },
    seed: { type: integer(0, 2 ** 32 - 1), value: 1, help: 'seed' },
    ...simulatorOptions,
    simulators: { type: integer(0, 256), value: 0, help: 'simulators at once; 0: one a core' },
    json: { type: flag, value: false, help: 'one line of JSON' },
  },
  async run(words, { points, seed, simulator: kind, trust, simulators, json }, terminal) {
    const word = oneWord('check', words, 'folder');
    const circuit = await findCircuit(word, { trusted: isTrusted({ simulator: kind, trust }) });
    const simulator = await openSimulator(kind, simulators);
    const line = new ProgressLine(terminal);
    try {
      simulator.register(circuit);
      const result = await checkUp(circuit, simulator, {
        points,
        seed,
        onProgress: (done) => {
          stopIfInterrupted(terminal, `${done} simulations`);
          line.update(() => `${done} simulations`);
        },
      });
      line.clear();
      terminal.out(json ? `${JSON.stringify(jsonReport(circuit, result))}\n` : describe(word, circuit, result));
      // A circuit that nothing can be learnt of is not ready.
      return result.start.evaluation.valid || result.random.valid > 0 ? 0 : 1;
    } finally {
      line.clear();
      await simulator.dispose();
    }
  },
});

function jsonReport(circuit: CircuitDefinition, { start, random, reasons, ranges, dead, simulations }: CheckUp): object {
  const { valid, failure, failureDetail, measures } = start.evaluation;
  return {
    circuit: circuit.id,
    start: {
      valid,
      failure,
      failureDetail,
      measures: Object.fromEntries(circuit.specs.map(({ name }, i) => [name, measures[i]!])),
    },
    points: random.count,
    valid: random.valid,
    failures: random.failures,
    reasons,
    milliseconds: random.meanMilliseconds,
    ranges: random.valid > 0 || valid ? ranges : {},
    dead,
    atSpec: random.met / Math.max(1, random.count),
    simulations,
  };
}

function describe(word: string, circuit: CircuitDefinition, { start, random, reasons, ranges, dead }: CheckUp): string {
  const { evaluation } = start;
  if (evaluation.failure === 'bad-netlist')
    return `${circuit.id}: ${circuit.title}. The declaration is sound, the netlist is not.\n\n${evaluation.failureDetail}\n\nCorrect it; no sizing was tried.\n`;
  const share = (count: number) => `${Math.round((100 * count) / random.count)} %`;
  const anyValid = evaluation.valid || random.valid > 0;
  const failures = Object.entries(random.failures).map(([name, count]) => `${count} ${name}`);
  const rows = circuit.specs.map(({ name, unit, direction, target }, i) => [
    name,
    formatQuantity(evaluation.measures[i]!, unit),
    ...(anyValid ? [ranges[name]!.minimum, ranges[name]!.maximum] : [Number.NaN, Number.NaN]).map((value) =>
      formatQuantity(value, unit),
    ),
    `${direction === 'at-least' ? '≥' : '≤'} ${formatQuantity(target, unit)}`,
  ]);
  const right = (title: string) => ({ title, align: 'right' as const });
  const lines = [
    `${circuit.id}: ${circuit.title}. The declaration is sound.`,
    '',
    `start           ${evaluation.valid ? 'valid' : `invalid: ${evaluation.failureDetail}`}`,
    `random sizings  ${random.count}: ${random.valid} valid (${share(random.valid)})${failures.length > 0 ? `, failed: ${failures.join(', ')}` : ''}`,
    `at spec         ${random.met} of ${random.count} (${share(random.met)})`,
    `a simulation    ${random.meanMilliseconds.toFixed(1)} ms (mean)`,
    `dead parameters ${dead === null ? 'not known: no sizing was valid' : dead.length === 0 ? 'none' : dead.join(', ')}`,
    '',
    formatTable([{ title: 'measure' }, right('start'), right('lowest'), right('highest'), right('target')], rows),
    ...reasons.map((reason) => `first ${reason}`),
    ...advice(word, circuit, { start, random, ranges, dead }),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Distance beyond which a target seems out of reach: a third of what it asks for, or three times what it allows. */
const FAR = -0.5;

/** What a person would want to know before hours are spent on it. */
function advice(
  word: string,
  circuit: CircuitDefinition,
  { start, random, ranges, dead }: Pick<CheckUp, 'start' | 'random' | 'ranges' | 'dead'>,
): string[] {
  const lines: string[] = [];
  if (!start.evaluation.valid) lines.push('The start is invalid: episodes begin there; choose initial values that work.');
  if (random.valid < 0.05 * random.count) lines.push('Hardly any random sizing is valid: narrow the ranges or relax the guards.');
  if (random.met > 0.02 * random.count)
    lines.push('Random sizings meet the target: make it harder, or there is little to learn.');
  for (const spec of start.evaluation.valid || random.valid > 0 ? circuit.specs : []) {
    const { minimum, maximum } = ranges[spec.name]!;
    const best = spec.direction === 'at-least' ? maximum : minimum;
    if (distanceToSpec(spec, best, spec.target) < FAR)
      lines.push(
        `No sizing comes near the target of ${spec.name} (${formatQuantity(spec.target, spec.unit)}; the best is ${formatQuantity(best, spec.unit)}): ease it, or widen the ranges.`,
      );
  }
  if (dead && dead.length > 0) lines.push('Dead parameters change no measure: take them out, or use them in the netlist.');
  return lines.length > 0 ? ['', ...lines] : ['', `Ready: ohmba train ${word}`];
}
