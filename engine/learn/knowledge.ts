import type { AgentCircuit, HyperParameters } from '../api';
import type { Kernel } from '../base';
import { type Correction, learnCorrection } from './correction';
import { fitMeasureKernels } from './measure-regression';
import type { CircuitMemory, Point } from './memory';
import type { Programs } from './programs';

/** What real results say of one target of a circuit. */
export interface Knowledge {
  /** The sizing that came nearest to the target. */
  readonly best: Float32Array | null;
  /** How far that misses the target, as a reward; infinite where there is none. */
  readonly shortfall: number;
  /** Learnt from the results near the one that was best at the last fit. */
  readonly correction: Correction | null;
}

/** Real results of one circuit, seen from its targets. */
export interface KnowledgeBase {
  /** @param told results that only whoever asks knows of: they take part in this answer and in no other */
  of(programs: Programs, target: Float64Array, told?: readonly Point[]): Promise<Knowledge>;
}

interface Entry {
  best: Float32Array | null;
  reward: number;
  /** Simulations that were looked at for the best point, and for the correction. */
  seen: number;
  corrected: number;
  correction: Correction | null;
}

/**
 * Points that a correction holds at most, for the benchmark target, for any other and for one episode: its cost grows with
 * the third power.
 */
const MOST_POINTS = { benchmark: 200, other: 64, episode: 96 };
/** Kernels are fitted anew when there are so many times the points that they were fitted on. */
const GROWTH = 1.2;
/** Valid points that kernels need at least. */
const FEWEST = 8;
/** Targets that are kept in mind. */
const MOST_TARGETS = 512;

/**
 * Everything here follows from the memory's points and from where the last fits were, so a training that goes on from a
 * saved state knows the same (as long as the memory holds all points, and predictions are not made noisy).
 */
export function createKnowledgeBase(
  circuit: AgentCircuit,
  memory: CircuitMemory,
  { members, correction }: HyperParameters,
): KnowledgeBase {
  const entries = new Map<string, Entry>();
  const benchmark = circuit.benchmark.join();
  let kernels: { readonly from: number; readonly fitted: readonly Kernel[] } | null = null;

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

  /** Points that the first `end` simulations left, the nearest to what was then best for a target first. */
  function nearestPoints(target: Float64Array, end: number): readonly Point[] {
    const until = unknown();
    look(until, target, end);
    const gone = memory.simulations - memory.points.length;
    return nearest(memory.points.slice(0, Math.max(0, end - gone)), until.best);
  }

  /** Kernels tell how a circuit's measures change, whatever the target: one set for all. */
  function kernelsNow(): readonly Kernel[] {
    const { kernelsFrom } = memory;
    if (kernels?.from === kernelsFrom && memory.fitted < GROWTH * kernelsFrom) return kernels.fitted;
    if (memory.fitted >= GROWTH * kernelsFrom) memory.kernelsFrom = memory.fitted;
    const valid = nearestPoints(circuit.benchmark, memory.kernelsFrom).filter((point) => point.valid);
    const fitted =
      valid.length < FEWEST
        ? []
        : fitMeasureKernels(
            valid.map(({ u }) => u),
            valid.map(({ z }) => z),
            circuit.info.specs.length,
          );
    kernels = { from: memory.kernelsFrom, fitted };
    return fitted;
  }

  async function withTold(programs: Programs, target: Float64Array, entry: Entry, told: readonly Point[]): Promise<Knowledge> {
    let { best, reward } = entry;
    for (const { u, z, valid } of told) {
      const here = valid ? circuit.score(circuit.fromZ(z), true, target).reward : Number.NEGATIVE_INFINITY;
      if (here > reward) [best, reward] = [u, here];
    }
    if (correction === 0 || memory.fitted === 0) return { best, shortfall: -reward, correction: null };
    const others = nearest(memory.points, best).slice(0, MOST_POINTS.episode - told.length);
    const points = nearest([...told, ...others], best);
    return { best, shortfall: -reward, correction: await learnCorrection(programs, circuit, points, kernelsNow(), members) };
  }

  return {
    async of(programs, target, told) {
      const key = target.join();
      const entry = entries.get(key) ?? unknown();
      // Put last, so that those which are asked for stay.
      entries.delete(key);
      entries.set(key, entry);
      if (entries.size > MOST_TARGETS) entries.delete(entries.keys().next().value!);
      const fittedAt = memory.fitted;
      if (correction > 0 && !told && entry.corrected < fittedAt) {
        const most = key === benchmark ? MOST_POINTS.benchmark : MOST_POINTS.other;
        const points = nearestPoints(target, fittedAt).slice(0, most);
        entry.correction = await learnCorrection(programs, circuit, points, kernelsNow(), members);
        entry.corrected = fittedAt;
      }
      look(entry, target, memory.simulations);
      return told
        ? withTold(programs, target, entry, told)
        : { best: entry.best, shortfall: -entry.reward, correction: entry.correction };
    },
  };
}

function unknown(): Entry {
  return { best: null, reward: Number.NEGATIVE_INFINITY, seen: 0, corrected: 0, correction: null };
}

/** The nearest to a sizing first; where there is none, the newest first. */
function nearest(points: readonly Point[], to: Float32Array | null): readonly Point[] {
  if (!to) return points.toReversed();
  const distance = ({ u }: Point) => u.reduce((sum, x, i) => sum + (x - to[i]!) ** 2, 0);
  return points
    .map((point, i) => ({ point, i, far: distance(point) }))
    .sort((a, b) => a.far - b.far || a.i - b.i)
    .map(({ point }) => point);
}
