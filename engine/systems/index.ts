import type { SystemRegistry, World } from '../ecs';
import { act } from './act';
import { diagnose } from './diagnose';
import { evaluate } from './evaluate';
import { extract } from './extract';
import { fit } from './fit';
import { mirror } from './mirror';
import { record } from './record';
import { rollout } from './rollout';
import { roster } from './roster';
import { schedule } from './schedule';
import { simulate } from './simulate';
import { train } from './train';

/** The critical path: one system a phase, `roster` before all, `mirror` and `diagnose` beside `record`. */
export function addBuiltInSystems(registry: SystemRegistry<World>): void {
  registry.add({ id: 'roster', phase: 'schedule', before: ['schedule'], run: roster });
  registry.add({ id: 'schedule', phase: 'schedule', run: schedule });
  registry.add({ id: 'act', phase: 'act', run: act });
  registry.add({ id: 'simulate', phase: 'simulate', run: simulate });
  registry.add({ id: 'fit', phase: 'fit', run: fit });
  registry.add({ id: 'rollout', phase: 'rollout', run: rollout });
  registry.add({ id: 'train', phase: 'train', run: train });
  registry.add({ id: 'evaluate', phase: 'evaluate', run: evaluate });
  registry.add({ id: 'record', phase: 'record', run: record });
  registry.add({ id: 'mirror', phase: 'record', after: ['record'], run: mirror });
  registry.add({ id: 'diagnose', phase: 'record', after: ['mirror'], run: diagnose });
  registry.add({ id: 'extract', phase: 'extract', run: extract });
}

export { takeSnapshot } from './extract';
export { restoreWorld, savedCircuits, savedSeconds, saveWorld } from './saved-world';
