import type { Launch, Plan, View } from '../plan';
import { overlaps, sameView } from '../views';

/**
 * What convolutions and scans leave for their gradients: values that are dear to compute (step sizes, sigmoids) and that
 * the plan does not carry, since other executors would rather compute them again. A gradient whose forward launch is
 * not in the plan, or whose operands were written since, has them computed once more before it.
 */
export interface SavedLayout {
  /** Bytes in all. */
  readonly bytes: number;
  /** By launch: of gradients, and of forward launches that a gradient follows. */
  readonly of: ReadonlyMap<number, SavedPlace>;
}

export interface SavedPlace {
  readonly offset: number;
  readonly bytes: number;
  readonly byGradient: boolean;
}

/** `SAVED` of kernels/selective-scan.ts: bytes of a row of four channels. */
export const SCAN_SAVED = 64;
/** The slope of silu. */
const CONVOLUTION_SAVED = 16;

/** Gives what is saved a place; those that are never needed at once share it. */
export function layOutSaved({ launches }: Plan): SavedLayout {
  const of = new Map<number, SavedPlace>();
  const placed: { place: SavedPlace; until: number }[] = [];
  let bytes = 0;
  for (const { from, gradients, size, byGradient } of savings(launches)) {
    let offset = 0;
    const alive = placed.filter(({ until }) => until >= from).map(({ place }) => place);
    for (const other of alive.sort((a, b) => a.offset - b.offset)) {
      if (offset + size <= other.offset) break;
      offset = Math.max(offset, other.offset + other.bytes);
    }
    const place = { offset, bytes: size, byGradient };
    for (const launch of [from, ...gradients]) of.set(launch, place);
    placed.push({ place, until: Math.max(...gradients) });
    bytes = Math.max(bytes, offset + size);
  }
  return { bytes, of };
}

interface Saving {
  /** The launch that saves. */
  readonly from: number;
  readonly gradients: number[];
  readonly size: number;
  readonly byGradient: boolean;
}

/** In the order in which their values come to be. */
function savings(launches: readonly Launch[]): Saving[] {
  const found = new Map<number, Saving>();
  launches.forEach((launch, gradient) => {
    const size = savedSize(launch);
    if (size === 0) return;
    const forward = forwardOf(launches, gradient);
    const from = forward ?? gradient;
    const known = found.get(from);
    if (known) known.gradients.push(gradient);
    else found.set(from, { from, gradients: [gradient], size, byGradient: forward === null });
  });
  return [...found.values()].sort((a, b) => a.from - b.from);
}

function savedSize(launch: Launch): number {
  const [x] = launch.inputs;
  if (!x) return 0;
  const vectors = x.rows * Math.ceil(x.columns / 4);
  if (launch.kernel === 'selective-scan-backward') return vectors * SCAN_SAVED;
  return launch.kernel === 'causal-conv-backward' && launch.attributes.activation === 'silu' ? vectors * CONVOLUTION_SAVED : 0;
}

/** The launch that computes what is differentiated, of the same operands, if nothing has written to them since. */
function forwardOf(launches: readonly Launch[], gradient: number): number | null {
  const launch = launches[gradient]!;
  const operands = launch.inputs.slice(0, -1);
  for (let l = gradient - 1; l >= 0; l--) {
    const other = launches[l]!;
    if (`${other.kernel}-backward` === launch.kernel && isForward(other, launch, operands)) return l;
    if (other.outputs.some((written) => operands.some((read) => written && read && meet(written, read)))) return null;
  }
  return null;
}

function isForward(forward: Launch, gradient: Launch, operands: readonly (View | null)[]): boolean {
  const same = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b);
  return (
    same(forward.attributes, gradient.attributes) &&
    same(forward.index, gradient.index) &&
    operands.every((view, i) => {
      const other = forward.inputs[i] ?? null;
      return view === null || other === null ? view === other : sameView(view, other);
    })
  );
}

function meet(a: View, b: View): boolean {
  return a.space === b.space && a.group === b.group && overlaps(a, b);
}
