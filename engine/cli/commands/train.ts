import { type CircuitDefinition, defaultConfiguration, type RunConfiguration } from '../../api';
import { find, findCircuit, pluginCatalogue } from '../catalogue';
import { defineCommand } from '../command';
import { openEngine } from '../open-engine';
import type { ExecutorChoice } from '../open-executor';
import { assignmentOption, choice, flag, integer, isTrusted, simulatorOptions, text } from '../options';
import { freeFolder, refuseRun } from '../runs/find-run';
import { recordRun } from '../runs/record';
import { runToEnd } from '../train/finish';
import { hyperParametersFrom } from '../train/hyper-options';
import { makeResultFolder } from '../train/write-results';
import { usageError } from '../usage-error';

/** Held targets a circuit, tried while training: enough to see a rate, at the price of a few dozen simulations. */
const HELD_TARGETS = 5;

export const train = defineCommand({
  name: 'train',
  usage: 'train CIRCUIT… [options]',
  summary: 'trains headless and writes the best netlist; 0 only if all targets are met',
  options: {
    seed: { type: integer(0, 2 ** 32 - 1), value: defaultConfiguration.seed, help: 'same seed, same run' },
    steps: { type: integer(1, 1e9), value: defaultConfiguration.budget, help: 'training simulations, all circuits together' },
    agents: { type: integer(1, 4096), value: 0, help: 'environments, all circuits together (four a circuit where left out)' },
    agent: {
      type: text('NAME', 'an agent'),
      value: defaultConfiguration.agent,
      help: 'who sizes: m3, cma-es, turbo, random, or one of your own in plugins/agents',
    },
    schedule: {
      type: text('NAME', 'a schedule'),
      value: defaultConfiguration.schedule,
      help: 'ratio, updates, rollouts over time',
    },
    targets: {
      type: choice('benchmark', 'range', 'mixed'),
      value: defaultConfiguration.targets,
      help: 'what training episodes aim at',
    },
    executor: { type: choice('auto', 'wasm', 'webgpu', 'reference'), value: 'auto' as ExecutorChoice, help: 'what computes' },
    threads: { type: integer(0, 64), value: 0, help: 'threads of the wasm executor; 0: one a core' },
    ...simulatorOptions,
    simulators: { type: integer(0, 256), value: 0, help: 'simulators at once; 0: one a core' },
    set: assignmentOption("one of the agent's hyper-parameters: warmup=40"),
    out: {
      type: text('FOLDER', 'a folder'),
      value: '',
      help: 'for the run and its results (runs/CIRCUIT-AGENT-seedN where left out)',
    },
    'keep-going': { type: flag, value: false, help: 'use up all simulations, also once the targets are met' },
    held: { type: integer(0, 1000), value: 0, help: 'evaluate at the end on so many held targets a circuit; 0: none' },
    'held-every': {
      type: integer(0, 1e9),
      value: 0,
      help: 'also while training, whenever so many simulations more were made; 0: never',
    },
    'held-targets': { type: integer(1, 1000), value: HELD_TARGETS, help: 'of those, so many a circuit' },
    record: { type: flag, value: true, help: 'keep the run, so that it can be resumed; --no-record keeps results only' },
    checkpoint: { type: integer(0, 86400), value: 10, help: 'seconds between checkpoints, at least' },
    json: { type: flag, value: false, help: 'last line: the result as JSON' },
  },
  async run(words, values, terminal) {
    if (words.length === 0)
      throw usageError('train was given no circuit', 'one or more', 'write for example ohmba train two-stage-opamp');
    const trusted = isTrusted(values);
    const circuits = await Promise.all([...new Set(words)].map((word) => findCircuit(word, { trusted })));
    const configuration = await configure(circuits, values);
    const name = `${circuits.map(({ id }) => id).join('+')}-${values.agent}-seed${values.seed}`;
    const folder = values.out || freeFolder(name);
    refuseRun(folder);
    await makeResultFolder(folder);

    const recording = values.record ? recordRun(folder, [...new Set(words)], values.checkpoint) : {};
    const engine = await openEngine(configuration, values, recording);
    return runToEnd(engine, circuits, folder, values.json, terminal);
  },
});

/** Few environments a circuit act on the newest knowledge; a page wants more to look at. */
const AGENTS_PER_CIRCUIT = 4;

interface Wishes {
  readonly seed: number;
  readonly steps: number;
  readonly agents: number;
  readonly agent: string;
  readonly schedule: string;
  readonly targets: RunConfiguration['targets'];
  readonly 'keep-going': boolean;
  readonly held: number;
  readonly 'held-every': number;
  readonly 'held-targets': number;
  readonly set: ReadonlyMap<string, string>;
}

async function configure(circuits: readonly CircuitDefinition[], wishes: Wishes): Promise<Partial<RunConfiguration>> {
  const { agents, schedules } = await pluginCatalogue();
  const agent = find('agent', agents, wishes.agent);
  find('schedule', schedules, wishes.schedule);
  const environments = wishes.agents || AGENTS_PER_CIRCUIT * circuits.length;
  if (environments < circuits.length)
    throw usageError(`--agents is ${wishes.agents}`, `at least ${circuits.length}: one environment a circuit`, 'give more');
  return {
    circuits: circuits.map(({ id }) => id),
    seed: wishes.seed,
    environments,
    agent: wishes.agent,
    schedule: wishes.schedule,
    budget: wishes.steps,
    targets: wishes.targets,
    stopWhenMet: !wishes['keep-going'],
    evaluation: {
      ...defaultConfiguration.evaluation,
      held: wishes.held,
      ...(wishes['held-every'] > 0 && { heldEvery: wishes['held-every'], heldTargets: wishes['held-targets'] }),
    },
    hyperParameters: hyperParametersFrom(agent, wishes.set),
  };
}
