import type { KernelName, Launch, LaunchOf, Plan, View } from '../../plan';
import { sameView, type WidePlan } from './tensors';

/** Finds launches by what they write and read. */
export class Surroundings {
  readonly #writers = new Map<number, number[]>();
  readonly #readers = new Map<number, number[]>();

  constructor(
    readonly plan: Plan,
    readonly wide: WidePlan,
  ) {
    wide.launches.forEach((launch, l) => {
      for (const view of launch.inputs) this.#note(this.#readers, view, l);
      for (const view of launch.outputs) this.#note(this.#writers, view, l);
    });
  }

  #note(map: Map<number, number[]>, view: View | null, launch: number): void {
    if (view?.space !== 'arena') return;
    const tensor = this.wide.arena.at(view.offset);
    const list = map.get(tensor);
    if (!list) map.set(tensor, [launch]);
    else if (list[list.length - 1] !== launch) list.push(launch);
  }

  /** Launch l, if it is one of that kernel. */
  at<Name extends KernelName>(l: number, kernel: Name): LaunchOf<Name> | null {
    const launch = this.wide.launches[l];
    return launch?.kernel === kernel ? (launch as LaunchOf<Name>) : null;
  }

  /** Launch l, if it is a product without bias or activation's. */
  productAt(l: number, variant: 'nt' | 'nn'): LaunchOf<'matmul'> | null {
    const launch = this.at(l, 'matmul');
    return launch && launch.attributes.variant === variant && launch.attributes.activation === 'none' ? launch : null;
  }

  /** Launches that write the tensor of a view. */
  writersOf(view: View): readonly number[] {
    return view.space === 'arena' ? (this.#writers.get(this.wide.arena.at(view.offset)) ?? []) : [];
  }

  /** The one launch that writes the tensor of a view; -1 if none or several. */
  writerOf(view: View): number {
    const writers = this.writersOf(view);
    return writers.length === 1 ? writers[0]! : -1;
  }

  /** The one launch of a kind that reads exactly this view; -1 if none or several. */
  readerOf(view: View, is: (launch: Launch) => boolean): number {
    const found = this.readersOf(view).filter((l) => {
      const launch = this.wide.launches[l]!;
      return is(launch) && launch.inputs.some((input) => input && sameView(input, view));
    });
    return found.length === 1 ? found[0]! : -1;
  }

  /** Launches that read the tensor of a view. */
  readersOf(view: View): readonly number[] {
    return this.#readers.get(this.wide.arena.at(view.offset)) ?? [];
  }

  /** Whether a tensor is read by launches other than these, or outlives the replay. */
  neededOutside(view: View, inside: ReadonlySet<number>): boolean {
    return this.wide.arena.tensors[this.wide.arena.at(view.offset)]!.kept || this.readersOf(view).some((l) => !inside.has(l));
  }

  list(launch: Launch, i: number): Int32Array {
    const view = launch.index[i]!;
    return this.plan.indices.subarray(view.offset, view.offset + view.length);
  }

  /** Whether a gather reverses the rows of every segment. */
  reverses(launch: Launch, segments: Int32Array): boolean {
    if (launch.kernel !== 'gather-rows' || launch.attributes.scale !== 1 || launch.index.length !== 1) return false;
    const indices = this.list(launch, 0);
    if (indices.length !== segments[segments.length - 1]) return false;
    for (let s = 0; s + 1 < segments.length; s++) {
      const [start, end] = [segments[s]!, segments[s + 1]!];
      for (let row = start; row < end; row++) if (indices[row] !== start + end - 1 - row) return false;
    }
    return true;
  }
}

/** y = a + b, both of full shape. */
export function isAdd(launch: Launch | null): launch is LaunchOf<'elementwise'> {
  if (launch?.kernel !== 'elementwise') return false;
  const { broadcast, program, results } = launch.attributes;
  const [instruction] = program;
  return (
    broadcast.length === 2 &&
    broadcast.every((kind) => kind === 'full') &&
    program.length === 1 &&
    instruction!.op === 'add' &&
    instruction!.a !== instruction!.b &&
    results.length === 1 &&
    results[0] === 2
  );
}
