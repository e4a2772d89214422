import type { Catalogue, Engine, EngineEvent, RunResult, Snapshot } from '../../api';
import type { Terminal } from '../command';
import { ProgressLine } from '../progress-line';
import { describeProgress } from './describe-progress';

/** Watches a run to its end: what it is made of, a progress line, its events as lasting lines. Ctrl+C stops it well. */
export async function follow(engine: Engine, terminal: Terminal): Promise<{ catalogue: Catalogue; result: RunResult }> {
  const stop = () => engine.send({ kind: 'stop' });
  terminal.interrupted.addEventListener('abort', stop);
  const line = new ProgressLine(terminal);
  try {
    const catalogue = await engine.ready;
    terminal.error(describeStart(catalogue));
    let told: EngineEvent | undefined;
    const tellEvents = ({ events }: Snapshot) => {
      // Several snapshots may show one tick: what was told last tells where to go on.
      for (const event of events.slice(events.lastIndexOf(told!) + 1)) line.note(`${event.level}: ${event.message}`);
      told = events.at(-1) ?? told;
    };
    const leave = engine.subscribe((snapshot) => {
      tellEvents(snapshot);
      line.update(() => describeProgress(snapshot, catalogue.circuits));
    }, 10);
    const result = await engine.finished;
    leave();
    tellEvents(result.snapshot);
    line.clear();
    terminal.error(`${describeProgress(result.snapshot, catalogue.circuits)}\n`);
    return { catalogue, result };
  } finally {
    terminal.interrupted.removeEventListener('abort', stop);
    line.clear();
    await engine.dispose();
  }
}

/** What the run is made of and every number that decides how it learns. */
function describeStart({ circuits, agent, schedule, executor, simulator, seed, hyperParameters }: Catalogue): string {
  const hyper = Object.entries(hyperParameters ?? {}).map(([name, value]) => `${name}=${value}`);
  return [
    `${circuits.map(({ id }) => id).join(', ')}: agent ${agent}, schedule ${schedule}, seed ${seed}`,
    `executor: ${executor.description} (${executor.reason})`,
    `simulator: ${simulator.description} (${simulator.reason})`,
    ...(hyper.length > 0 ? [`hyper-parameters: ${hyper.join(' ')}`] : []),
    '',
  ].join('\n');
}
