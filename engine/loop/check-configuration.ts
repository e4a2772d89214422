import {
  type AgentDefinition,
  defaultConfiguration,
  describeRange,
  isWithin,
  type NumberRange,
  type RunConfiguration,
} from '../api';
import { OhmbaError } from '../base';
import type { Registries } from './plugin-host';

/** Names that a configuration may use. */
type Known = Pick<Registries, 'agents' | 'schedules' | 'reports'> & { readonly circuits: ReadonlyMap<string, unknown> };

/**
 * The whole configuration of a run from what was wished for.
 * @throws OhmbaError that names the first setting that cannot be
 */
export function completeConfiguration(wishes: Partial<RunConfiguration>, registries: Known): RunConfiguration {
  const configuration: RunConfiguration = { ...defaultConfiguration, ...wishes };
  const { circuits, agent, schedule, environments, budget, seed, episodeSteps, evaluation, ticksPerSecond } = configuration;
  if (circuits.length === 0) throw wrong('no circuit was chosen', `one or more of ${names(registries.circuits)}`);
  for (const id of circuits) checkName('circuit', id, registries.circuits, registries);
  const double = circuits.find((id, i) => circuits.indexOf(id) !== i);
  if (double !== undefined) throw wrong(`the circuit "${double}" was chosen twice`, 'each once');
  checkName('agent', agent, registries.agents, registries);
  checkName('schedule', schedule, registries.schedules, registries);
  checkWhole('environments', environments, circuits.length, 65536);
  checkWhole('budget', budget, 1, 1e12);
  checkWhole('seed', seed, 0, Number.MAX_SAFE_INTEGER);
  checkWhole('episodeSteps', episodeSteps, 1, 65535);
  checkWhole('resetAfterInvalid', configuration.resetAfterInvalid, 1, 65535);
  checkChoice('mode', configuration.mode, ['lockstep', 'free-running']);
  checkChoice('targets', configuration.targets, ['benchmark', 'range', 'mixed']);
  checkWithin('startPerturbation', configuration.startPerturbation, 0, 1);
  for (const share of evaluation.at) checkWithin('evaluation.at', share, 0, 1);
  checkWhole('evaluation.heldEvery', evaluation.heldEvery ?? 0, 0, 1e12);
  checkWhole('evaluation.heldTargets', evaluation.heldTargets ?? 0, 0, 1000);
  if (ticksPerSecond !== null && !(ticksPerSecond > 0))
    throw wrong(`ticksPerSecond is ${ticksPerSecond}`, 'a rate above 0, or null');
  return configuration;
}

/** An agent's hyper-parameters: its defaults with changes. @throws OhmbaError for a name it does not have, and what cannot be */
export function completeHyperParameters(
  { id: agent, defaults, ranges = {} }: Pick<AgentDefinition, 'id' | 'defaults' | 'ranges'>,
  changes: Readonly<Record<string, unknown>>,
): object {
  for (const [name, value] of Object.entries(changes)) {
    const standard = (defaults as Readonly<Record<string, unknown>>)[name];
    if (standard === undefined) {
      throw wrong(`agent ${agent} has no hyper-parameter "${name}"`, `one of ${Object.keys(defaults).join(', ') || 'none'}`);
    }
    if (typeof value !== typeof standard || (typeof value === 'number' && !Number.isFinite(value))) {
      throw wrong(
        `hyper-parameter ${name} of agent ${agent} is ${JSON.stringify(value)}`,
        `a ${typeof standard} such as ${JSON.stringify(standard)}`,
      );
    }
    const range = (ranges as Readonly<Record<string, NumberRange>>)[name];
    if (range && !isWithin(range, value as number))
      throw wrong(`hyper-parameter ${name} of agent ${agent} is ${value}`, describeRange(range));
  }
  return { ...defaults, ...changes };
}

function checkName(kind: string, id: string, known: ReadonlyMap<string, unknown>, { reports }: Known): void {
  if (known.has(id)) return;
  // The plugin that was to bring it may be there and broken: then that is the news.
  const failed = reports.find((report) => report.state === 'failed' && report.id.includes(id));
  throw wrong(`there is no ${kind} "${id}"${failed ? ` (${failed.reason})` : ''}`, `one of ${names(known)}`);
}

function checkWhole(name: string, value: number, low: number, high: number): void {
  if (!(Number.isInteger(value) && value >= low && value <= high))
    throw wrong(`${name} is ${value}`, `a whole number from ${low} to ${high}`);
}

function checkWithin(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) throw wrong(`${name} is ${value}`, `a number from ${low} to ${high}`);
}

function checkChoice(name: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw wrong(`${name} is "${value}"`, choices.join(' or '));
}

function names(known: ReadonlyMap<string, unknown>): string {
  return [...known.keys()].join(', ') || 'those that plugins bring (none was built)';
}

function wrong(what: string, expected: string): OhmbaError {
  return new OhmbaError({ what, expected, todo: "correct the run's configuration" });
}
