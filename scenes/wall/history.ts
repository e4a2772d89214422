/** The last rewards of every environment, for the sparkline of a tile. One ring, no allocation a tick. */
export const HISTORY = 48;

export interface RewardHistory {
  record(tick: number, rewards: Float32Array): void;
  /** Calls back from oldest to newest. */
  each(environment: number, visit: (reward: number, place: number) => void): void;
}

export function createRewardHistory(): RewardHistory {
  let values = new Float32Array(0);
  let count = 0;
  let filled = 0;
  let head = 0;
  let lastTick = -1;
  return {
    record(tick, rewards) {
      if (rewards.length !== count || tick < lastTick) {
        count = rewards.length;
        values = new Float32Array(count * HISTORY);
        filled = 0;
        head = 0;
        lastTick = -1;
      }
      if (tick === lastTick) return;
      lastTick = tick;
      values.set(rewards, head * count);
      head = (head + 1) % HISTORY;
      filled = Math.min(HISTORY, filled + 1);
    },
    each(environment, visit) {
      for (let i = 0; i < filled; i++) {
        const slot = (head - filled + i + HISTORY) % HISTORY;
        visit(values[slot * count + environment], HISTORY - filled + i);
      }
    },
  };
}
