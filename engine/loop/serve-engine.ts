import type { Engine, RunConfiguration, Snapshot, StartupStep } from '../api';
import { type ExecutorWish, type FromEngine, type MessageEnd, SNAPSHOTS_PER_SECOND, type ToEngine } from '../api/worker-protocol';
import { messageOf } from '../base';

/**
 * The engine's end of a thread: starts one engine when told to, does what messages say, and sends what there is to see.
 * @param open builds an engine for a configuration; what it does before there is one, it tells to `say`
 */
export function serveEngine(
  end: MessageEnd<FromEngine, ToEngine>,
  open: (
    configuration: Partial<RunConfiguration>,
    say: (step: StartupStep) => void,
    executor: ExecutorWish,
  ) => Promise<Engine> | Engine,
): void {
  let engine: Promise<Engine> | null = null;
  const withEngine = (act: (opened: Engine) => void | Promise<void>) => {
    engine?.then(act).catch((thrown: unknown) => end.postMessage({ kind: 'failed', message: messageOf(thrown) }));
  };

  end.addEventListener('message', ({ data }) => {
    switch (data.kind) {
      case 'start':
        engine ??= Promise.resolve(
          open(data.configuration, (step) => end.postMessage({ kind: 'startup', step }), data.executor ?? 'auto'),
        );
        withEngine(follow);
        break;
      case 'command':
        withEngine((opened) => opened.send(data.command));
        break;
      case 'inspect':
        withEngine(async (opened) => {
          const entities = data.entity === null ? await opened.entities() : [await opened.inspect(data.entity)];
          end.postMessage({ kind: 'answer', question: data.question, entities: entities.filter((entity) => entity !== null) });
        });
        break;
      case 'dispose':
        withEngine(async (opened) => {
          await opened.dispose();
          end.postMessage({ kind: 'disposed' });
        });
        break;
    }
  });

  async function follow(opened: Engine): Promise<void> {
    opened.onStartup((step) => end.postMessage({ kind: 'startup', step }));
    opened.subscribe((snapshot) => end.postMessage({ kind: 'snapshot', snapshot }, buffersOf(snapshot)), SNAPSHOTS_PER_SECOND);
    end.postMessage({ kind: 'catalogue', catalogue: await opened.ready });
    opened.finished.then(
      (result) => end.postMessage({ kind: 'finished', result }),
      (thrown: unknown) => end.postMessage({ kind: 'failed', message: messageOf(thrown) }),
    );
  }
}

/** A snapshot's arrays are made for the reader: they move instead of being copied. */
function buffersOf({ environments }: Snapshot): ArrayBuffer[] {
  return Object.values(environments)
    .filter((value): value is Uint8Array => ArrayBuffer.isView(value))
    .map((array) => array.buffer as ArrayBuffer);
}
