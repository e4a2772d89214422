import { readFile } from 'node:fs/promises';
import { messageOf } from '../../base';
import { readSummary } from '../../store';
import { importSimulations } from '../../store/import-csv';
import { openRunFolder } from '../../store/run-folder.node';
import { defineCommand } from '../command';
import { text } from '../options';
import { findRun } from '../runs/find-run';
import { readingInput, unknownName, usageError } from '../usage-error';

export const importCommand = defineCommand({
  name: 'import',
  usage: 'import RUN FILE.csv [options]',
  summary: 'simulations that were already paid for: they enter the real buffer when the run goes on',
  options: { circuit: { type: text('ID', 'a circuit of the run'), value: '', help: "whose they are (the run's one circuit)" } },
  async run(words, { circuit: wished }, terminal) {
    const [word, file, extra] = words;
    if (word === undefined || file === undefined || extra !== undefined)
      throw usageError(`import was given ${words.length} words`, 'a run and a CSV file', 'write ohmba import RUN FILE.csv');
    const folder = findRun(word);
    const content = await readFile(file, 'utf8').catch((error: unknown) => {
      throw usageError(`${file} cannot be read: ${messageOf(error)}`, 'a CSV file', 'correct the path');
    });
    const { database, unlock } = await readingInput(() => openRunFolder(folder));
    try {
      const { circuits } = readSummary(database);
      const id = wished || (circuits.length === 1 ? circuits[0]!.id : '');
      const circuit = circuits.find((each) => each.id === id);
      if (!circuit)
        throw id === ''
          ? usageError('the run has several circuits', 'one of them', `add --circuit ${circuits[0]!.id}`)
          : unknownName(
              'circuit of the run',
              id,
              circuits.map((each) => each.id),
            );
      const count = await readingInput(() => importSimulations(database, circuit, content));
      terminal.out(`${count} simulations of ${circuit.id}; the agent is shown them by: ohmba resume ${word}\n`);
      return 0;
    } finally {
      database.close();
      unlock();
    }
  },
});
