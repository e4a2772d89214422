import { rm } from 'node:fs/promises';
import type { BranchChanges } from '../../api';
import { changeRun } from '../../loop';
import { find, pluginCatalogue } from '../catalogue';
import { defineCommand } from '../command';
import { assignmentOption, choice, integer, text } from '../options';
import { findRun, freeFolder, refuseRun, runName } from '../runs/find-run';
import { goOn, goOnOptions } from '../runs/go-on';
import { branchRun } from '../runs/record';
import { withRun } from '../runs/stored-run';
import { oneWord } from '../sizing';
import { hyperParametersFrom } from '../train/hyper-options';
import { readingInput } from '../usage-error';

const AS_BEFORE = 'as-before';

export const branch = defineCommand({
  name: 'branch',
  usage: 'branch RUN [--simulation N | --tick N] [options]',
  summary: 'goes on from a past checkpoint of a run as a new run, with a setting changed',
  options: {
    simulation: { type: integer(0), value: Number.MAX_SAFE_INTEGER, help: 'the last checkpoint at or before this one is taken' },
    tick: { type: integer(0), value: Number.MAX_SAFE_INTEGER, help: 'the same, by tick; the very last where both are left out' },
    set: assignmentOption("one of the agent's hyper-parameters: optimism=0.6"),
    schedule: { type: text('NAME', 'a schedule'), value: AS_BEFORE, help: 'ratio, updates, rollouts over time' },
    targets: {
      type: choice(AS_BEFORE, 'benchmark', 'range', 'mixed'),
      value: AS_BEFORE as typeof AS_BEFORE | 'benchmark' | 'range' | 'mixed',
      help: 'what training episodes aim at',
    },
    out: { type: text('FOLDER', 'a folder'), value: '', help: 'for the new run (runs/RUN-branch where left out)' },
    ...goOnOptions,
  },
  async run(words, values, terminal) {
    const from = findRun(oneWord('branch', words, 'run'));
    const folder = values.out || freeFolder(`${runName(from)}-branch`);
    refuseRun(folder);
    await withRun(from, async (run) => {
      const registries = await pluginCatalogue();
      const agent = find('agent', registries.agents, run.summary.catalogue.agent);
      const changes: BranchChanges = {
        ...(values.set.size > 0 && { hyperParameters: hyperParametersFrom(agent, values.set) }),
        ...(values.schedule !== AS_BEFORE && { schedule: values.schedule }),
        ...(values.targets !== AS_BEFORE && { targets: values.targets }),
        ...(values.steps > 0 && { budget: values.steps }),
      };
      const { tick, simulations } = await readingInput(() =>
        branchRun(run, folder, {
          at: { tick: values.tick, simulations: values.simulation },
          changes,
          catalogue: (before) => changeRun(before, changes, registries),
        }),
      ).catch(async (thrown: unknown) => {
        await rm(folder, { recursive: true, force: true });
        throw thrown;
      });
      terminal.error(`${folder} goes on from ${runName(from)} at tick ${tick}, ${simulations} simulations\n`);
    });
    return goOn(folder, { ...values, steps: 0 }, terminal);
  },
});
