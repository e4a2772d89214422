import type { Agent } from '../api';
import type { World } from '../ecs';
import type { KnownResult } from '../store';
import { Recording, Run } from '../systems/resources';

/** Shows the agent results that somebody else paid for, those that it has not seen. */
export function showKnownResults(world: World, agent: Agent, known: readonly KnownResult[]): void {
  const { circuits, report } = world.resource(Run);
  const recording = world.resource(Recording);
  const fresh = known.slice(recording.known);
  if (fresh.length === 0) return;
  const byId = new Map(circuits.map((circuit) => [circuit.info.id, circuit]));
  agent.observe(
    fresh.map(({ circuit: id, parameters, measures, valid }) => {
      const circuit = byId.get(id)!;
      const { reward, met } = circuit.score(measures, valid, circuit.benchmark);
      const z = valid ? circuit.toZ(measures) : new Float32Array(measures.length);
      const u = circuit.toUnit(parameters);
      const target = circuit.benchmark;
      return { slot: -1, circuit: circuit.info, from: null, u, z, valid, measures, target, reward, met, done: false };
    }),
  );
  recording.known = known.length;
  report({ level: 'info', kind: 'imported', message: `${fresh.length} imported simulations entered the real buffer` });
}
