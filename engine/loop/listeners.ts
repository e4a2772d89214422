/** Who listens to one thing. */
export interface Listeners<Told> {
  /** @returns takes the listener out again */
  add(listener: (told: Told) => void): () => void;
  /** One that throws is dropped, and the others are told all the same. */
  tell(told: Told): void;
}

/** @param onDropped is told what a listener threw */
export function createListeners<Told>(onDropped: (thrown: unknown) => void): Listeners<Told> {
  const listeners = new Set<(told: Told) => void>();
  return {
    add(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(told) {
      for (const listener of [...listeners]) {
        try {
          listener(told);
        } catch (thrown) {
          listeners.delete(listener);
          onDropped(thrown);
        }
      }
    },
  };
}
