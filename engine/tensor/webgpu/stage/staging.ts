import type { Launch, LaunchOf, Plan, View } from '../../plan';
import { RowSets } from './rows';
import { type SplitPlan, shortSegments } from './split';
import { type Access, accessesOf, dependencies, Tensors } from './tensors';

/** A run of launches that every part of the rows can do on its own, or launches that need all rows. */
export type Step =
  | { readonly form: 'stage'; readonly launches: readonly number[]; readonly parts: Parts }
  | { readonly form: 'wave'; readonly launches: readonly number[] };

/** Which part of a stage each row of its tensors belongs to. */
export interface Parts {
  readonly count: number;
  /** Part of a row of a tensor that the stage writes. */
  partOf(tensor: number, view: View, row: number): number;
}

export interface Staging {
  readonly steps: readonly Step[];
  readonly tensors: Tensors;
  readonly accesses: readonly (readonly Access[])[];
}

/** Weights up to this many elements are read whole by every part. */
const LARGEST_WEIGHT = 65_536;
/** Rows that a gather may tie to one: the tokens of a sequence, not the sequences of a batch. */
const MOST_JOINED = 64;
const MOST_PARTS = 1024;
/** Stages of fewer launches cost more than they save. */
const SHORTEST_STAGE = 4;
/** Stages of fewer parts would leave most of a device idle. */
const FEWEST_PARTS = 4;

/**
 * Orders launches into steps. Rows that depend on each other only within a sequence are found by union–find over all
 * tensors; a stage is the largest set of launches, closed under dependencies, whose rows fall into many such sets.
 */
export function stageLaunches(plan: Plan, split: SplitPlan): Staging {
  const { launches, times, lifetimes, perSegment } = split;
  const tensors = new Tensors(lifetimes);
  const accesses = accessesOf(launches, tensors, times);
  const before = dependencies(accesses);
  const pitches = pitchesOf(accesses, lifetimes.length);
  const local = launches.map((launch, l) => perSegment.has(l) || isLocal(plan, launch));
  const done = new Uint8Array(launches.length);
  let remaining = launches.map((_, l) => l);
  const steps: Step[] = [];

  const builder = { plan, launches, accesses, before, pitches, lifetimes, local, done };
  while (remaining.length > 0) {
    const built = buildStage(builder, remaining);
    const parts = partsOf(built.rows);
    const worthIt =
      (built.launches.length >= SHORTEST_STAGE && parts.count >= FEWEST_PARTS) || built.launches.some((l) => perSegment.has(l));
    let taken: readonly number[];
    if (worthIt) {
      taken = built.launches;
      steps.push({ form: 'stage', launches: taken, parts });
    } else {
      taken = remaining.filter((l) => !perSegment.has(l) && before[l]!.every((b) => done[b]));
      steps.push({ form: 'wave', launches: taken });
    }
    if (taken.length === 0) throw new Error(`${plan.name}: staging cannot go on; a defect of the WebGPU executor`);
    for (const l of taken) done[l] = 1;
    remaining = remaining.filter((l) => !done[l]);
  }
  return { steps, tensors, accesses };
}

interface Builder {
  readonly plan: Plan;
  readonly launches: readonly Launch[];
  readonly accesses: readonly (readonly Access[])[];
  readonly before: readonly (readonly number[])[];
  readonly pitches: Int32Array;
  readonly lifetimes: SplitPlan['lifetimes'];
  readonly local: readonly boolean[];
  readonly done: Uint8Array;
}

interface BuiltStage {
  readonly launches: readonly number[];
  readonly rows: RowSets;
}

/**
 * The largest stage that can start now. Where a launch reads a tensor of the stage as a whole (an embedding table, a
 * temperature), what computes it from weights alone is lifted out: that becomes the stage to do first.
 */
function buildStage(builder: Builder, candidates: readonly number[], lifting = true): BuiltStage {
  const { launches, before, local, done, pitches, lifetimes } = builder;
  const rows = new RowSets();
  const included = new Set<number>();
  const writers = new Map<number, number[]>();
  const readWhole = new Set<number>();
  const fromWeights = new Set<number>();
  const lifted = new Set<number>();

  const lift = (tensor: number) => {
    for (const writer of writers.get(tensor) ?? []) {
      if (lifted.has(writer)) continue;
      lifted.add(writer);
      for (const access of builder.accesses[writer]!) if (!access.write && access.tensor >= 0) lift(access.tensor);
    }
  };
  const canLift = (tensor: number) => (writers.get(tensor) ?? []).every((writer) => fromWeights.has(writer));

  for (const l of candidates) {
    if (!local[l] || !before[l]!.every((b) => done[b] || included.has(b))) continue;
    const launch = launches[l]!;
    const accesses = builder.accesses[l]!;
    const own = (access: Access) => access.tensor >= 0 && writers.has(access.tensor);
    const relations = relationsOf(launch);
    // Tensors read whole must not be the stage's own.
    const whole = accesses.filter((access) => !access.write && own(access) && relations.whole(access.view));
    if (whole.length > 0) {
      if (lifting && whole.every((access) => canLift(access.tensor))) for (const access of whole) lift(access.tensor);
      continue;
    }
    const written = accesses.filter((access) => access.write);
    if (written.some((access) => access.tensor < 0 || readWhole.has(access.tensor))) continue;
    if (lifting && launch.kernel === 'gather-rows') {
      const source = accesses.find((access) => !access.write)!;
      if (own(source) && canLift(source.tensor)) {
        lift(source.tensor);
        continue;
      }
    }
    for (const { tensor } of written) {
      const { offset, length } = lifetimes[tensor]!;
      rows.add(tensor, offset, length, pitches[tensor]!);
    }
    const inputs = accesses.filter((access) => !access.write && own(access));
    const mark = rows.mark();
    if (!joinRows(builder.plan, launch, l, rows, inputs, written, relations)) {
      rows.undo(mark);
      continue;
    }
    included.add(l);
    for (const { tensor } of written) writers.set(tensor, [...(writers.get(tensor) ?? []), l]);
    for (const access of accesses) if (!access.write && access.tensor >= 0 && !own(access)) readWhole.add(access.tensor);
    const inputsFromWeights = accesses.every(
      (access) => access.write || access.tensor < 0 || (writers.has(access.tensor) && canLift(access.tensor)),
    );
    if (inputsFromWeights && launch.kernel !== 'random' && launch.kernel !== 'gather-elements') fromWeights.add(l);
  }
  if (lifted.size > 0)
    return buildStage(
      builder,
      [...lifted].sort((a, b) => a - b),
      false,
    );
  return { launches: [...included], rows };
}

/** How the rows of a launch's inputs relate to those of its outputs. */
interface Relations {
  /** Whether an input is read by every row. */
  whole(view: View): boolean;
}

function relationsOf(launch: Launch): Relations {
  const { inputs } = launch;
  const at = (...positions: number[]) => {
    const views = new Set(positions.map((i) => inputs[i]));
    return { whole: (view: View) => views.has(view) };
  };
  switch (launch.kernel) {
    case 'elementwise': {
      const { broadcast } = launch.attributes;
      return {
        whole: (view) => inputs.some((input, i) => input === view && (broadcast[i] === 'row' || broadcast[i] === 'scalar')),
      };
    }
    case 'matmul':
      return at(1, 2);
    case 'rms-norm':
    case 'rms-norm-backward':
      return at(1);
    case 'causal-conv':
    case 'causal-conv-backward':
      return at(1, 2);
    case 'selective-scan':
    case 'selective-scan-backward':
      return at(2, 5);
    case 'gather-elements':
    case 'random':
      return at(0);
    default:
      return { whole: () => false };
  }
}

/** Joins the rows that a launch ties together; false if that would join sequences that know nothing of each other. */
function joinRows(
  plan: Plan,
  launch: Launch,
  number: number,
  rows: RowSets,
  inputs: readonly Access[],
  outputs: readonly Access[],
  relations: Relations,
): boolean {
  const join = (access: Access, row: number, node: number): boolean => {
    const [first, last] = rows.span(access.tensor, access.view, row);
    for (let n = first; n <= last; n++) if (!rows.union(n, node)) return false;
    return true;
  };
  const list = (i: number) => {
    const view = launch.index[i]!;
    return plan.indices.subarray(view.offset, view.offset + view.length);
  };
  const main = outputs[0]!;
  const count = main.view.rows;
  const nodeOf = (row: number) => rows.node(main.tensor, main.view, row);
  // Sums over segments have a row a segment.
  const rowOutputs = outputs.filter((access) => access.view.rows === count);
  for (let row = 0; row < count; row++) for (const output of rowOutputs) if (!join(output, row, nodeOf(row))) return false;

  if (launch.kernel === 'gather-rows') {
    const [source] = inputs;
    if (!source) return true;
    const indices = list(0);
    const starts = launch.index[1] ? list(1) : null;
    const readers = new Int32Array(source.view.rows);
    for (let row = 0; row < count; row++) {
      const start = starts ? starts[row]! : row;
      const end = starts ? starts[row + 1]! : row + 1;
      if (end - start > MOST_JOINED) return false;
      for (let j = start; j < end; j++) {
        const from = indices[j]!;
        readers[from]!++;
        if (readers[from]! > MOST_JOINED || !join(source, from, nodeOf(row))) return false;
      }
    }
    return true;
  }
  if (launch.kernel === 'gather-elements') {
    const [slots] = inputs;
    if (!slots) return true;
    const triples = list(0);
    for (let row = 0; row < count; row++) if (!join(slots, triples[3 * row + 2]!, nodeOf(row))) return false;
    return true;
  }
  for (const input of inputs) {
    if (relations.whole(input.view)) continue;
    for (let row = 0; row < count; row++) if (!join(input, row, nodeOf(row))) return false;
  }
  return !isSequential(launch) || joinSegments(list(0), launch, number, rows, main, outputs);
}

/** Rows of a segment are one set. */
function joinSegments(
  segments: Int32Array,
  launch: Launch,
  number: number,
  rows: RowSets,
  main: Access,
  outputs: readonly Access[],
): boolean {
  const { groups } = launch.attributes as { groups: number };
  const groupRows = main.view.rows / groups;
  const sums = outputs.filter((access) => access.view.rows !== main.view.rows);
  for (let s = 0; s + 1 < segments.length; s++) {
    const start = segments[s]!;
    if (start === segments[s + 1]!) continue;
    const node = rows.node(main.tensor, main.view, start);
    for (let row = start + 1; row < segments[s + 1]!; row++)
      if (!rows.union(node, rows.node(main.tensor, main.view, row))) return false;
    for (const { tensor, view } of sums) {
      const [first, last] = rows.span(tensor, view, s);
      for (let n = first; n <= last; n++) if (!rows.union(node, n)) return false;
    }
    if (!rows.label(node, number * 64 + Math.floor(start / groupRows), s)) return false;
  }
  return true;
}

function isSequential(launch: Launch): boolean {
  return /^(causal-conv|selective-scan)/.test(launch.kernel);
}

/** Whether a launch can work on some rows at a time. */
function isLocal(plan: Plan, launch: Launch): boolean {
  const inArena = launch.outputs.every((view) => !view || view.space === 'arena');
  if (!inArena) return false;
  switch (launch.kernel) {
    case 'elementwise':
      return launch.attributes.rows > 1 || launch.attributes.columns <= 256;
    case 'copy':
      return launch.outputs[0]!.rows > 1 || launch.outputs[0]!.columns <= 256;
    case 'gather-rows':
    case 'gather-elements':
    case 'rms-norm':
    case 'random':
      return true;
    case 'rms-norm-backward':
      return launch.outputs[0] !== null;
    case 'matmul': {
      const { variant, n, k } = launch.attributes as LaunchOf<'matmul'>['attributes'];
      // Weights of nt products are transposed on their way into a stage; what a plan computes is not.
      if (variant === 'nt' && launch.inputs[1]!.space === 'arena') return false;
      return variant !== 'tn' && n * k <= LARGEST_WEIGHT;
    }
    case 'causal-conv':
    case 'selective-scan':
      return shortSegments(plan, launch) !== null;
    default:
      return false;
  }
}

/** Elements from one row node of a tensor to the next: what divides the strides of all its views. */
function pitchesOf(accesses: readonly (readonly Access[])[], count: number): Int32Array {
  const pitches = new Int32Array(count);
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  for (const { tensor, view } of accesses.flat()) {
    if (tensor >= 0 && view.rows > 1) pitches[tensor] = gcd(pitches[tensor]!, view.stride);
  }
  for (const { tensor, view } of accesses.flat())
    if (tensor >= 0 && pitches[tensor] === 0) pitches[tensor] = Math.max(1, view.columns);
  return pitches;
}

/**
 * Deals the sets out to parts, in the order of their first rows: a part for each large set (a sequence with all that
 * belongs to it) as long as there are parts enough, and the small ones evenly among them.
 */
function partsOf(rows: RowSets): Parts {
  const weights = new Map<number, number>();
  for (let node = 0; node < rows.count; node++) {
    const root = rows.find(node);
    weights.set(root, (weights.get(root) ?? 0) + 1);
  }
  let heaviest = 0;
  for (const weight of weights.values()) heaviest = Math.max(heaviest, weight);
  const roots = [...weights.keys()];
  const large = roots.filter((root) => weights.get(root)! * 4 >= heaviest);
  const small = roots.filter((root) => weights.get(root)! * 4 < heaviest);
  const count = Math.min(MOST_PARTS, large.length);
  const part = new Map<number, number>();
  for (const sets of [large, small]) {
    for (const [i, root] of sets.entries()) part.set(root, Math.floor((i * count) / sets.length));
  }
  return { count, partOf: (tensor, view, row) => part.get(rows.find(rows.node(tensor, view, row)))! };
}
