import mitt from 'mitt';

/** Typed events. A listener that throws does not keep the others from hearing. */
export interface Events<Map extends Record<string, unknown>> {
  /** Returns the function that ends the subscription. */
  on<Key extends keyof Map>(kind: Key, listener: (event: Map[Key]) => void): () => void;
  emit<Key extends keyof Map>(kind: Key, event: Map[Key]): void;
  clear(): void;
}

/** @param onError gets what a listener threw; without it the error is thrown after all listeners have been called */
export function createEvents<Map extends Record<string, unknown>>(onError?: (thrown: unknown) => void): Events<Map> {
  const emitter = mitt<Map>();
  return {
    on(kind, listener) {
      emitter.on(kind, listener);
      return () => emitter.off(kind, listener);
    },
    emit(kind, event) {
      const failures: unknown[] = [];
      for (const listener of [...(emitter.all.get(kind) ?? [])]) {
        try {
          (listener as (event: unknown) => void)(event);
        } catch (thrown) {
          failures.push(thrown);
        }
      }
      if (onError) for (const failure of failures) onError(failure);
      else if (failures.length > 0) throw failures[0];
    },
    clear() {
      emitter.all.clear();
    },
  };
}
