import type { AgentCircuit, HyperParameters } from '../api';
import { type Correction, learnCorrection } from './ensemble';
import type { CircuitMemory } from './memory';
import type { Programs } from './programs';

/** What real results say of one target of a circuit. */
export interface Knowledge {
  /** The sizing that came nearest to the target. */
  readonly best: Float32Array | null;
  /** Learnt from the results near the one that was best at the last fit. */
  readonly correction: Correction | null;
}

/** Real results of one circuit, seen from its targets. */
export interface KnowledgeBase {
  of(programs: Programs, target: Float64Array): Promise<Knowledge>;
}

interface Entry {
  best: Float32Array | null;
  reward: number;
  /** Simulations that were looked at for the best point, and for the correction. */
  seen: number;
  corrected: number;
  correction: Correction | null;
}

/** Points that a correction holds at most, for the benchmark target and for any other: its cost grows with the third power. */
const MOST_POINTS = { benchmark: 200, other: 64 };
/** Targets that are kept in mind. */
const MOST_TARGETS = 512;

/**
 * Everything here follows from the memory's points and from where the last fit was, so a training that goes on from a
 * saved state knows the same.
 */
export function createKnowledgeBase(
  circuit: AgentCircuit,
  memory: CircuitMemory,
  { members, correction }: HyperParameters,
): KnowledgeBase {
  const entries = new Map<string, Entry>();
  const benchmark = circuit.benchmark.join();

  /** Looks at the points up to `end` (counted in simulations) that the entry has not seen. */
  function look(entry: Entry, target: Float64Array, end: number): void {
    const gone = memory.simulations - memory.points.length;
    for (let i = Math.max(entry.seen, gone); i < end; i++) {
      const { u, z, valid } = memory.points[i - gone]!;
      if (!valid) continue;
      const { reward } = circuit.score(circuit.fromZ(z), true, target);
      if (reward > entry.reward) Object.assign(entry, { best: u, reward });
    }
    entry.seen = Math.max(entry.seen, end);
  }

  return {
    async of(programs, target) {
      const key = target.join();
      const entry = entries.get(key) ?? { best: null, reward: Number.NEGATIVE_INFINITY, seen: 0, corrected: 0, correction: null };
      // Put last, so that those which are asked for stay.
      entries.delete(key);
      entries.set(key, entry);
      if (entries.size > MOST_TARGETS) entries.delete(entries.keys().next().value!);
      const fittedAt = memory.fitted;
      if (correction > 0 && entry.corrected < fittedAt) {
        const gone = memory.simulations - memory.points.length;
        const until: Entry = { best: null, reward: Number.NEGATIVE_INFINITY, seen: 0, corrected: 0, correction: null };
        look(until, target, fittedAt);
        const most = key === benchmark ? MOST_POINTS.benchmark : MOST_POINTS.other;
        entry.correction = await learnCorrection(
          programs,
          circuit,
          memory.points.slice(0, fittedAt - gone),
          until.best,
          members,
          most,
        );
        entry.corrected = fittedAt;
      }
      look(entry, target, memory.simulations);
      return { best: entry.best, correction: entry.correction };
    },
  };
}
