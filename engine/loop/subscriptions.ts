import type { Snapshot } from '../api';
import type { Clock } from '../base';

interface Subscriber {
  readonly listener: (snapshot: Snapshot) => void;
  readonly interval: number;
  last: number;
}

/** Who gets snapshots, and how often. */
export interface Subscriptions {
  add(listener: (snapshot: Snapshot) => void, perSecond?: number): () => void;
  /** Whether somebody's time has come. */
  due(): boolean;
  /** Gives it to those whose time has come; to all with `force`. A listener that throws is dropped. */
  show(snapshot: Snapshot, force?: boolean): void;
  /** As `show`, but the end of the tick will be shown all the same, however soon it comes. */
  glimpse(snapshot: Snapshot): void;
}

export function createSubscriptions(clock: Clock, onDropped: (thrown: unknown) => void): Subscriptions {
  const subscribers = new Set<Subscriber>();
  const isDue = ({ last, interval }: Subscriber) => clock.now() - last >= interval;
  const give = (subscriber: Subscriber, snapshot: Snapshot) => {
    try {
      subscriber.listener(snapshot);
    } catch (thrown) {
      subscribers.delete(subscriber);
      onDropped(thrown);
    }
  };
  return {
    add(listener, perSecond = 30) {
      const subscriber = { listener, interval: 1000 / perSecond, last: Number.NEGATIVE_INFINITY };
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    },
    due: () => [...subscribers].some(isDue),
    show(snapshot, force = false) {
      for (const subscriber of [...subscribers]) {
        if (!force && !isDue(subscriber)) continue;
        subscriber.last = clock.now();
        give(subscriber, snapshot);
      }
    },
    glimpse(snapshot) {
      for (const subscriber of [...subscribers].filter(isDue)) give(subscriber, snapshot);
    },
  };
}
