/** What can be done with what lies on the bench. */
import type { CommandDefinition } from '../shell/commands';
import type { Studio } from '../shell/scene';
import type { Copying } from './copying';
import { commandLine, plotCsv, sizingCsv } from './exports';
import type { Subject } from './subject';
import { bestOf, initialOf } from './subject';
import type { Plot } from './waves';
import type { Workbench } from './workbench';
import { whyNoPin } from './workbench';

export const nothingThere = (bench: Workbench) => (bench.subject === null ? 'There is nothing on the bench yet.' : null);

export function benchCommands(
  studio: Studio,
  bench: Workbench,
  { copy }: Copying,
  plots: () => readonly Plot[],
): readonly CommandDefinition[] {
  const withSubject = (id: string, title: string, work: (on: Subject) => void): CommandDefinition => ({
    id: `bench.${id}`,
    title,
    group: 'Bench',
    unavailable: () => nothingThere(bench),
    run: () => bench.subject && work(bench.subject),
  });
  return [
    withSubject('best', 'Best sizing on the bench', ({ info }) => bench.lay(bestOf(studio, info))),
    withSubject('initial', 'Initial sizing on the bench', ({ info }) => bench.lay(initialOf(info))),
    {
      id: 'bench.pin',
      title: 'Pin this result, to compare with',
      group: 'Bench',
      keys: ['p'],
      unavailable: () => whyNoPin(bench),
      run: bench.pin,
    },
    withSubject('copy-command', 'Copy the command line that replays this sizing', ({ info, parameters }) =>
      copy('Command', commandLine(info, parameters)),
    ),
    withSubject('copy-netlist', 'Copy the netlist, as stock ngspice runs it', ({ info, parameters }) =>
      copy('Netlist', studio.ask('netlist', { circuit: info.index, parameters })),
    ),
    withSubject('copy-csv', 'Copy sizing, measures and waveforms as CSV', (on) => {
      // What was measured goes with the sizing that it was measured of; another one may have been turned since.
      const { info, parameters } = bench.result?.subject ?? on;
      const measures = bench.result?.answer.evaluation.measures ?? null;
      copy('CSV', [sizingCsv(info, parameters, measures), ...plots().map(plotCsv)].join('\n'));
    }),
  ];
}
