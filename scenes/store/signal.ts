/** A value that can be watched. The whole studio is wired with these: scenes subscribe, nobody polls. */
export interface Signal<T> {
  readonly value: T;
  set(next: T): void;
  /** Calls back on every change, not at once. Returns what ends the subscription. */
  subscribe(listener: (value: T) => void): () => void;
}

/**
 * A listener that throws must not keep the others from hearing; its error is rethrown outside of the loop.
 * @param equal what counts as no change: identity unless given
 */
export function createSignal<T>(initial: T, equal: (a: T, b: T) => boolean = Object.is): Signal<T> {
  const listeners = new Set<(value: T) => void>();
  let current = initial;
  return {
    get value() {
      return current;
    },
    set(next) {
      if (equal(next, current)) return;
      current = next;
      for (const listener of [...listeners]) {
        try {
          listener(next);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
