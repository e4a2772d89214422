import { circuitInfo } from '../../api/circuit-info';
import { benchmarkTargets, score } from '../../circuit/reward';
import { findCircuit } from '../catalogue';
import { defineCommand } from '../command';
import { openSimulator } from '../open-simulator';
import { assignmentOption, flag, isTrusted, simulatorOptions } from '../options';
import { oneWord, sizingFrom } from '../sizing';
import { measuresByName, measureTable, sizingTable } from '../train/report';

export const simulate = defineCommand({
  name: 'simulate',
  usage: 'simulate CIRCUIT [options]',
  summary: 'one evaluation, at the initial sizing changed by --set',
  options: {
    set: assignmentOption('a parameter: wn1=20, wn1=20um, cc=1.5p'),
    ...simulatorOptions,
    json: { type: flag, value: false, help: 'one line of JSON' },
  },
  async run(words, { set, simulator: kind, trust, json }, terminal) {
    const trusted = isTrusted({ simulator: kind, trust });
    const circuit = await findCircuit(oneWord('simulate', words, 'circuit'), { trusted });
    const parameters = sizingFrom(circuit, set);
    const simulator = await openSimulator(kind, 1);
    try {
      simulator.register(circuit);
      const { measures, valid, failure, failureDetail, milliseconds } = await simulator.evaluate({
        circuitId: circuit.id,
        parameters,
      });
      const { distances, reward, met } = score(circuit.specs, measures, valid, benchmarkTargets(circuit.specs));
      if (json) {
        const report = {
          circuit: circuit.id,
          parameters: Object.fromEntries(circuit.parameters.map(({ name }, i) => [name, parameters[i]!])),
          measures: measuresByName(circuit.specs, measures),
          valid,
          failure,
          met,
          reward,
          milliseconds,
        };
        terminal.out(`${JSON.stringify(report)}\n`);
        return 0;
      }
      const info = circuitInfo(circuit, 0);
      terminal.out(`${sizingTable(info, parameters)}\n${measureTable(info, measures, distances, valid)}\n`);
      const verdict = valid
        ? met
          ? 'valid, target met'
          : 'valid, target not met'
        : `invalid: ${failure ?? ''} ${failureDetail}`;
      terminal.out(`${verdict}; reward ${reward.toFixed(4)}; ${milliseconds.toFixed(1)} ms\n`);
      return 0;
    } finally {
      await simulator.dispose();
    }
  },
});
