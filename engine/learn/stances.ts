import type { Observation, Situation } from '../api';

/** How an environment looks for its next sizing. */
export interface Stance {
  /** The member of the ensemble that it values candidates by. */
  readonly member: number;
  /** Whether it keeps to what its own episode has found, whatever is best so far. */
  readonly apart: boolean;
  /** The best sizing of its episode. */
  readonly own: Float32Array;
}

/** What is known of an environment: episodes begun, and the best of the present one. */
interface Course {
  episodes: number;
  reward: number;
  own: Float32Array;
}

/** As it is kept in a saved state, by slot. */
export type StancesState = readonly (readonly [slot: number, episodes: number, reward: number, own: readonly number[]])[];

/**
 * Environments of a circuit that act together are to want different things. They take the members of the ensemble in turn (not by slot:
 * slots are dealt out to the circuits in turn, and with as many circuits as members each circuit would know one member only), and
 * every second one, in turns of episodes, stays apart.
 */
export interface Stances {
  /** @param situations all that act, of one circuit; returns by slot */
  of(situations: readonly Situation[], members: number): ReadonlyMap<number, Stance>;
  observe(seen: Observation): void;
  state(): StancesState;
  restore(state: StancesState): void;
}

export function createStances(): Stances {
  const courses = new Map<number, Course>();
  return {
    of(situations, members) {
      return new Map(
        situations.map(({ slot, u }, i) => {
          const course = courses.get(slot);
          return [slot, { member: i % members, apart: (i + (course?.episodes ?? 0)) % 2 === 0, own: course?.own ?? u }];
        }),
      );
    },
    observe({ slot, from, u, reward }) {
      const course = courses.get(slot);
      // A result without a step that led to it begins an episode.
      if (!course || !from) courses.set(slot, { episodes: (course?.episodes ?? 0) + 1, reward, own: u });
      else if (reward > course.reward) Object.assign(course, { reward, own: u });
    },
    state: () => [...courses].map(([slot, { episodes, reward, own }]) => [slot, episodes, reward, [...own]] as const),
    restore(state) {
      courses.clear();
      for (const [slot, episodes, reward, own] of state) courses.set(slot, { episodes, reward, own: Float32Array.from(own) });
    },
  };
}
