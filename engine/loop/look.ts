import type { LensAnswer, Questions, Situation } from '../api';
import { OhmbaError } from '../base';
import type { World } from '../ecs';
import { environmentStores, environmentsOf, situationOf } from '../systems/environments';
import { Histories, Run } from '../systems/resources';

/** Steps of a rollout at most: an episode is not longer. */
const MOST_STEPS = 100;

/** Looks into the agent, and lets its policy go on in the neural simulator. @throws OhmbaError where there is nothing to see */
export async function look(world: World, question: Questions['lens']['ask']): Promise<LensAnswer> {
  const { agent, configuration } = world.resource(Run);
  if (!agent.look) {
    throw new OhmbaError({
      what: `agent ${configuration.agent} does not show its inside`,
      expected: 'an agent with `look`, such as m3',
      todo: 'train with agent m3 to use the lens',
    });
  }
  const situation = 'environment' in question ? ofEnvironment(world, question.environment) : ofPoint(world, question);
  const insight = await agent.look(situation);
  const { u, z, valid, target, step } = situation;
  const rollout: LensAnswer['rollout'][number][] = [];
  let seen = insight;
  for (let i = 0; i < Math.min(MOST_STEPS, question.steps ?? 0) && seen.predicted; i++) {
    rollout.push({
      u: seen.next.slice(),
      z: seen.predicted.z.slice(),
      spread: seen.predicted.spread.slice(),
      validity: seen.predicted.validity,
    });
    const isValid = seen.predicted.validity > 0.5;
    const believed = isValid ? seen.predicted.z : seen.predicted.z.map(() => 0);
    seen = await agent.look({ ...situation, step: step + i + 1, u: seen.next, z: believed, valid: isValid });
  }
  return { circuit: situation.circuit.index, step, u, z, valid, target, insight, rollout };
}

function ofEnvironment(world: World, place: number): Situation {
  const { circuits } = world.resource(Run);
  const stores = environmentStores(world);
  const at = environmentsOf(world, 'training')[place];
  if (at === undefined) throw unknown(`environment ${place}`, `${environmentsOf(world, 'training').length} environments`);
  return situationOf(stores, circuits[stores.environment.columns.circuit.get(at)]!.info, at);
}

function ofPoint(world: World, { circuit: index, point }: { readonly circuit: number; readonly point: number }): Situation {
  const circuit = world.resource(Run).circuits[index];
  if (!circuit) throw unknown(`circuit ${index}`, `${world.resource(Run).circuits.length} circuits`);
  const points = world.resource(Histories)[index]!.since(point, 1);
  if (points.first !== point || points.count === 0)
    throw unknown(`point ${point} of ${circuit.info.id}`, `${points.total} points, the oldest of which may be forgotten`);
  const valid = points.valid[0] === 1;
  return {
    slot: points.slot[0]!,
    circuit: circuit.info,
    step: points.step[0]!,
    u: points.u,
    z: valid ? circuit.toZ(points.measures) : new Float32Array(circuit.info.specs.length),
    valid,
    // The answer may be handed over to another thread: nothing in it is the engine's own, and no two parts share a buffer.
    target: circuit.benchmark.slice(),
  };
}

function unknown(what: string, expected: string): OhmbaError {
  return new OhmbaError({ what: `there is no ${what} to look at`, expected, todo: 'look at another one' });
}
