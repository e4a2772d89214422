import { join } from 'node:path';
import { cornersOf, DEFAULT_CORNERS } from '../../circuit/verify/corners';
import { verifySizing } from '../../circuit/verify/verify';
import { defineCommand } from '../command';
import { openSimulator } from '../open-simulator';
import { assignmentOption, flag, integer, isTrusted, number, numbers, simulatorOptions, text } from '../options';
import { ProgressLine } from '../progress-line';
import { oneWord } from '../sizing';
import { stopIfInterrupted } from '../stop-if-interrupted';
import { makeResultFolder, writeResults } from '../train/write-results';
import { usageError } from '../usage-error';
import { drawVerification } from '../verify/plot';
import { readSizing } from '../verify/read-sizing';
import { describeVerification, verificationCsv, verificationReport } from '../verify/report';

export const verify = defineCommand({
  name: 'verify',
  usage: 'verify SIZING.json|RUN|CIRCUIT [options]',
  summary: 'process corners x supply x temperature and mismatch of one sizing: worst cases and yield',
  options: {
    corners: { type: flag, value: true, help: 'process corners x supply x temperature; --no-corners leaves them out' },
    supply: { type: number(0, 0.5), value: DEFAULT_CORNERS.supply, help: 'supply deviation either way, as a share' },
    temperatures: { type: numbers(-80, 200), value: DEFAULT_CORNERS.temperatures, help: 'degrees Celsius, separated by commas' },
    'monte-carlo': { type: integer(0, 1e6), value: 0, help: 'mismatch samples at nominal conditions' },
    seed: { type: integer(0, 2 ** 31), value: 1, help: 'number of the first sample' },
    circuit: { type: text('NAME', 'a circuit'), value: '', help: 'which one, where the file has several' },
    set: assignmentOption('a parameter: wn1=20, wn1=20um, cc=1.5p'),
    ...simulatorOptions,
    simulators: { type: integer(0, 256), value: 0, help: 'simulators at once; 0: one a core' },
    out: { type: text('FOLDER', 'a folder'), value: '', help: 'for table and plot (runs/verify-CIRCUIT where left out)' },
    json: { type: flag, value: false, help: 'one line of JSON' },
  },
  async run(words, values, terminal) {
    const { circuit, parameters } = await readSizing(oneWord('verify', words, 'sizing'), values, isTrusted(values));
    const samples = values['monte-carlo'];
    const corners = values.corners ? cornersOf(circuit, values) : [];
    if (corners.length + samples === 0)
      throw usageError('verify was asked for neither corners nor samples', 'one of them', 'add --monte-carlo 200');
    const folder = values.out || join('runs', `verify-${circuit.id}`);
    await makeResultFolder(folder);
    const simulator = await openSimulator(values.simulator, values.simulators);
    const line = new ProgressLine(terminal);
    try {
      const start = terminal.now();
      const result = await verifySizing(circuit, simulator, parameters, {
        corners,
        samples,
        seed: values.seed,
        onProgress: (done) => {
          stopIfInterrupted(terminal, `${done} simulations`);
          line.update(() => `${done}/${corners.length + samples} simulations`);
        },
      });
      line.clear();
      const seconds = (terminal.now() - start) / 1000;
      const paths = await writeResults(folder, {
        'verify.csv': verificationCsv(circuit, result),
        'verify.svg': drawVerification(circuit, result),
      });
      if (values.json) terminal.out(`${JSON.stringify(verificationReport(circuit, parameters, result, seconds))}\n`);
      else terminal.out(`${describeVerification(circuit, result, seconds)}\nwritten: ${paths.join(', ')}\n`);
      const all = [...result.corners, ...result.samples];
      return all.every(({ met }) => met) ? 0 : 1;
    } finally {
      line.clear();
      await simulator.dispose();
    }
  },
});
