/** Collects what a scene must undo when it goes. */
export interface Subscriptions {
  add(...undo: (() => void)[]): void;
  listen<K extends keyof HTMLElementEventMap>(
    target: EventTarget,
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
    options?: AddEventListenerOptions,
  ): void;
  dispose(): void;
}

export function createSubscriptions(): Subscriptions {
  const undos: (() => void)[] = [];
  return {
    add(...undo) {
      undos.push(...undo);
    },
    listen(target, type, listener, options) {
      target.addEventListener(type, listener as EventListener, options);
      undos.push(() => target.removeEventListener(type, listener as EventListener, options));
    },
    dispose() {
      for (const undo of undos.splice(0).reverse()) undo();
    },
  };
}
