import type { BranchChanges, Catalogue, RunConfiguration } from '../api';
import { OhmbaError } from '../base';
import { completeConfiguration, completeHyperParameters } from './check-configuration';
import type { Registries } from './plugin-host';

const CHANGEABLE = ['hyperParameters', 'schedule', 'budget', 'targets', 'stopWhenMet'];

/**
 * What a run becomes that goes on from a checkpoint of another with some settings changed.
 * @throws OhmbaError for a setting that is not there, cannot have that value, or decides what the checkpoint looks like
 */
export function changeRun(before: Catalogue, changes: BranchChanges, registries: Registries): Catalogue {
  const stored = before.configuration as unknown as RunConfiguration;
  const unknown = Object.keys(changes).find((name) => !CHANGEABLE.includes(name));
  if (unknown !== undefined) throw cannot(`"${unknown}" is no setting that a branch may change`, CHANGEABLE.join(', '));
  const configuration = completeConfiguration(
    { ...stored, ...changes, hyperParameters: { ...stored.hyperParameters, ...changes.hyperParameters } },
    // A circuit that was brought as files may be known to the run alone.
    { ...registries, circuits: new Map(stored.circuits.map((id) => [id, id])) },
  );
  const agent = registries.agents.get(configuration.agent)!;
  const fixed = Object.keys(changes.hyperParameters ?? {}).find((name) =>
    (agent.structural as string[] | undefined)?.includes(name),
  );
  if (fixed !== undefined)
    throw cannot(
      `${fixed} decides the shape of what the checkpoint holds`,
      'a hyper-parameter that says how it is used, such as a rate',
    );
  return {
    ...before,
    schedule: configuration.schedule,
    configuration: { ...configuration },
    hyperParameters: { ...completeHyperParameters(agent, configuration.hyperParameters) },
  };
}

function cannot(what: string, expected: string): OhmbaError {
  return new OhmbaError({ what, expected, todo: 'change something else, or begin a new run' });
}
