import type { Engine, RunConfiguration, StartupStep } from '../api';
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
    run: string | undefined,
  ) => Promise<Engine> | Engine,
): void {
  let engine: Promise<Engine> | null = null;
  const notOpened = (thrown: unknown) => end.postMessage({ kind: 'failed', message: messageOf(thrown) });

  end.addEventListener('message', ({ data }) => {
    switch (data.kind) {
      case 'start':
        engine ??= Promise.resolve(
          open(data.configuration, (step) => end.postMessage({ kind: 'startup', step }), data.executor ?? 'auto', data.run),
        );
        engine.then(follow).catch(notOpened);
        break;
      case 'command':
        engine?.then((opened) => opened.send(data.command)).catch(notOpened);
        break;
      case 'ask':
        engine
          ?.then((opened) => opened.ask(data.name, data.question))
          .then((answer) => end.postMessage({ kind: 'answer', number: data.number, answer }, buffersOf(answer)))
          .catch((thrown: unknown) => end.postMessage({ kind: 'refused', number: data.number, message: messageOf(thrown) }));
        break;
      case 'dispose':
        // One that was never opened is put away as well: nobody is to wait for it.
        engine
          ?.then((opened) => opened.dispose())
          .catch(() => undefined)
          .then(() => end.postMessage({ kind: 'disposed' }));
        break;
    }
  });

  async function follow(opened: Engine): Promise<void> {
    opened.onStartup((step) => end.postMessage({ kind: 'startup', step }));
    opened.subscribe(
      (snapshot) => end.postMessage({ kind: 'snapshot', snapshot }, buffersOf(snapshot.environments)),
      SNAPSHOTS_PER_SECOND,
    );
    const first = await opened.ready;
    end.postMessage({ kind: 'catalogue', catalogue: first });
    opened.onCatalogue((catalogue) => end.postMessage({ kind: 'catalogue', catalogue }));
    opened.finished.then(
      (result) => end.postMessage({ kind: 'finished', result }),
      (thrown: unknown) => end.postMessage({ kind: 'failed', message: messageOf(thrown) }),
    );
  }
}

/** Arrays of a snapshot or an answer are made for the reader: they move instead of being copied. */
function buffersOf(shown: object | string): ArrayBuffer[] {
  return Object.values(shown)
    .filter((value): value is Uint8Array<ArrayBuffer> => ArrayBuffer.isView(value))
    .map((array) => array.buffer);
}
