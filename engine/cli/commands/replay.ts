import { formatQuantity } from '../../base';
import { readSimulation, type StoredSimulation } from '../../store';
import { circuitHash } from '../../store/sql/rows';
import { defineCommand } from '../command';
import { openSimulator, type SimulatorName } from '../open-simulator';
import { choice, flag, integer } from '../options';
import { circuitsOf, withRun } from '../runs/stored-run';
import { oneWord } from '../sizing';
import { formatTable } from '../table';
import { measuresByName } from '../train/report';
import { usageError } from '../usage-error';

export const replay = defineCommand({
  name: 'replay',
  usage: 'replay RUN --simulation N [options]',
  summary: 'makes a recorded simulation again and compares; 0 only if all is as it was',
  options: {
    simulation: { type: integer(1), value: 0, help: 'its number, from 1' },
    simulator: { type: choice('wasm', 'native'), value: 'wasm' as SimulatorName, help: 'ngspice in WASM, or of the system' },
    json: { type: flag, value: false, help: 'one line of JSON' },
  },
  async run(words, { simulation: number, simulator: kind, json }, terminal) {
    const word = oneWord('replay', words, 'run');
    if (number === 0)
      throw usageError('replay was given no simulation', 'its number', `write ohmba replay ${word} --simulation 1`);
    return withRun(word, async ({ database, summary }) => {
      const stored = readSimulation(database, summary.circuits, number);
      if (!stored)
        throw usageError(`there is no simulation ${number} in ${word}`, `1 to ${summary.simulations}`, 'choose one of these');
      const { index, circuit } = await circuitOf(stored);
      const simulator = await openSimulator(kind, 1);
      try {
        simulator.register(circuit);
        const again = await simulator.evaluate({ circuitId: circuit.id, parameters: stored.parameters });
        const sameDeck = circuitHash(circuit) === summary.circuits[index]!.deck;
        const same = again.measures.every((value, i) => Object.is(value, stored.measures[i]));
        const equal = same && again.valid === stored.valid && again.failure === stored.failure;
        if (json) {
          const now = { measures: measuresByName(circuit.specs, again.measures), valid: again.valid, failure: again.failure };
          const was = { measures: measuresByName(circuit.specs, stored.measures), valid: stored.valid, failure: stored.failure };
          terminal.out(`${JSON.stringify({ simulation: number, circuit: circuit.id, was, now, equal, sameDeck })}\n`);
        } else {
          terminal.out(`simulation ${number}: ${circuit.id}, tick ${stored.tick}, ${stored.phase}, ${stored.origin}\n\n`);
          const rows = circuit.specs.map(({ name, unit }, i) => [
            name,
            formatQuantity(stored.measures[i]!, unit, 6),
            formatQuantity(again.measures[i]!, unit, 6),
            Object.is(again.measures[i], stored.measures[i]) ? 'equal' : difference(stored.measures[i]!, again.measures[i]!),
          ]);
          const right = 'right' as const;
          const columns = [
            { title: 'measure' },
            { title: 'was', align: right },
            { title: 'is now', align: right },
            { title: '' },
          ];
          terminal.out(formatTable(columns, rows));
          terminal.out(`\nwas ${verdict(stored)}, is now ${verdict(again)}: ${equal ? 'equal in every bit' : 'not equal'}\n`);
          if (!sameDeck) terminal.out(`the circuit ${circuit.id} is not what it was when the run was recorded\n`);
        }
        return equal ? 0 : 1;
      } finally {
        await simulator.dispose();
      }

      async function circuitOf({ circuit: id }: StoredSimulation) {
        const at = summary.circuits.findIndex((each) => each.id === id);
        return { index: at, circuit: (await circuitsOf(summary))[at]! };
      }
    });
  },
});

function verdict({ valid, failure }: Pick<StoredSimulation, 'valid' | 'failure'>): string {
  return valid ? 'valid' : `invalid (${failure ?? 'no reason'})`;
}

function difference(was: number, now: number): string {
  const relative = Math.abs(now - was) / Math.max(Math.abs(was), Number.MIN_VALUE);
  return Number.isFinite(relative) ? `differs by ${relative.toExponential(1)} of its value` : 'differs';
}
