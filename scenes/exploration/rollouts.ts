/**
 * Where the policy believes that it would have gone: its rollout in the neural simulator from the start of the selected
 * point's episode. Asked of the engine once for an episode, and only for one that was selected: a rollout costs the
 * engine some time, which hovering must not.
 */
import { messageOf } from '../../engine/api';
import type { Studio } from '../shell/scene';
import type { ExplorationModel } from './model';

export interface ImaginedRollout {
  /** Number of the point that it began at. */
  readonly from: number;
  /** Sizings in [0, 1] and measures in units of z, step by step. */
  readonly u: readonly Float32Array[];
  readonly z: readonly Float32Array[];
}

export interface Rollouts {
  /** The one for an episode that begins in a row of the model; null while there is none. */
  of(model: ExplorationModel, row: number): ImaginedRollout | null;
  /** Why there is none, in words; empty where there is no reason. */
  readonly reason: string;
}

const STEPS = 30;

export function createRollouts(studio: Studio, arrived: () => void): Rollouts {
  let current: ImaginedRollout | null = null;
  let asked = '';
  let reason = '';

  function want(circuit: number, from: number, key: string): void {
    asked = key;
    current = null;
    studio.ask('lens', { circuit, point: from, steps: STEPS }).then(
      ({ rollout }) => {
        if (asked !== key) return;
        current = { from, u: rollout.map(({ u }) => u), z: rollout.map(({ z }) => z) };
        reason = '';
        arrived();
      },
      (error) => {
        if (asked !== key) return;
        reason = messageOf(error);
        arrived();
      },
    );
  }

  return {
    of(model, row) {
      const from = model.points.first + row;
      const key = `${model.info.id} ${from}`;
      if (key !== asked) want(model.info.index, from, key);
      return current;
    },
    get reason() {
      return reason;
    },
  };
}
