import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportNetlist } from '../../circuit/export-netlist';
import { latestCheckpoint, readSimulation } from '../../store';
import { csvLines } from '../../store/export/csv';
import { toParquet } from '../../store/export/parquet';
import { readScalars } from '../../store/export/scalars';
import { simulationColumns, simulationsOf } from '../../store/export/table';
import { toTensorBoard } from '../../store/export/tensorboard';
import { exportWeights } from '../../store/export/weights';
import { defineCommand, type ExitCode } from '../command';
import { choice, text } from '../options';
import { runName } from '../runs/find-run';
import { reportPage } from '../runs/report-page';
import { circuitsOf, type StoredRun, withRun } from '../runs/stored-run';
import { oneWord } from '../sizing';
import { usageError } from '../usage-error';

const FORMATS = ['csv', 'parquet', 'tensorboard', 'netlist', 'safetensors', 'report'] as const;
type Format = (typeof FORMATS)[number];

/** A file to be written: its name, and its content whole or in parts. */
type File = readonly [name: string, content: string | Uint8Array | Iterable<string>];

export const exportCommand = defineCommand({
  name: 'export',
  usage: 'export RUN --format FORMAT [options]',
  summary: 'a run as files for other tools',
  options: {
    format: {
      type: choice<Format | ''>(...FORMATS),
      value: '' as Format | '',
      help: 'csv, parquet: simulations; tensorboard: metrics; netlist: best sizings; safetensors: weights; report: a page',
    },
    out: { type: text('FOLDER', 'a folder'), value: '', help: "for the files (the run's own folder, export, where left out)" },
  },
  async run(words, { format, out }, terminal) {
    const word = oneWord('export', words, 'run');
    if (format === '')
      throw usageError('export was given no format', `one of ${FORMATS.join(', ')}`, `write --format ${FORMATS[0]}`);
    return withRun(word, async (run): Promise<ExitCode> => {
      const folder = out || join(run.folder, 'export');
      await mkdir(folder, { recursive: true });
      const paths: string[] = [];
      for (const [name, content] of await WRITERS[format](run)) {
        const path = join(folder, name);
        await write(path, content);
        paths.push(path);
      }
      terminal.out(`written: ${paths.join(', ')}\n`);
      return 0;
    });
  },
});

const WRITERS: Readonly<Record<Format, (run: StoredRun) => Iterable<File> | Promise<Iterable<File>>>> = {
  csv: ({ database, summary: { circuits } }) =>
    circuits.map(
      (circuit): File => [`${circuit.id}.csv`, csvLines(simulationColumns(circuit), simulationsOf(database, circuits, circuit))],
    ),

  *parquet({ database, summary: { circuits } }) {
    for (const circuit of circuits)
      yield [`${circuit.id}.parquet`, toParquet(simulationColumns(circuit), simulationsOf(database, circuits, circuit))];
  },

  // TensorBoard reads a folder a run, and files of this pattern in it.
  tensorboard({ folder, database, summary }) {
    const created = Math.round(Date.parse(summary.created) / 1000) || 0;
    return [[`events.out.tfevents.${created}.${runName(folder)}`, toTensorBoard(readScalars(database, summary), created)]];
  },

  async netlist({ database, summary }) {
    const definitions = await circuitsOf(summary);
    const files: File[] = [];
    for (const [i, { id, best }] of summary.circuits.entries()) {
      const simulation = best && readSimulation(database, summary.circuits, best.simulation);
      if (simulation) files.push([`${id}.cir`, await exportNetlist(definitions[i]!, simulation.parameters)]);
    }
    if (files.length === 0) throw usageError('the run has no valid sizing yet', 'one to write', 'let it go on (ohmba resume)');
    return files;
  },

  async safetensors({ folder, database, checkpoints, summary }) {
    const { checkpoint } = await latestCheckpoint(checkpoints, database);
    if (!checkpoint || checkpoint.agent.tensors.size === 0)
      throw usageError('the run has no weights', 'a checkpoint of an agent that learns', 'train with --agent m3');
    const metadata = { run: runName(folder), tick: String(checkpoint.tick), simulations: String(checkpoint.simulations) };
    return exportWeights(checkpoint.agent.tensors, { ...metadata, agent: summary.catalogue.agent });
  },

  report: (run) => [['report.html', reportPage(runName(run.folder), run.database, run.summary)]],
};

async function write(path: string, content: File[1]): Promise<void> {
  if (typeof content === 'string' || content instanceof Uint8Array) return writeFile(path, content);
  // Line by line: a run of a million simulations has no place in one text.
  const file = await open(path, 'w');
  try {
    let part = '';
    for (const line of content) {
      part += line;
      if (part.length < 1 << 16) continue;
      await file.write(part);
      part = '';
    }
    await file.write(part);
  } finally {
    await file.close();
  }
}
