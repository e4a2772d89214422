import type { Launch, Plan, View } from '../../plan';

export { overlaps, sameView } from '../../views';

/** A tensor with memory of its own: in the *wide arena*, where nothing shares memory, tensors lie one after another. */
export interface WideTensor {
  readonly offset: number;
  readonly length: number;
  /** Holds its values before the first launch (inputs), after the last (outputs), or both. */
  readonly kept: boolean;
}

const ALIGNMENT = 64;
export const aligned = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

/** The tensors of a plan and scratch beside them, in the wide arena. */
export class WideArena {
  readonly tensors: WideTensor[] = [];
  #end = 0;

  add(length: number, kept = false): WideTensor {
    const tensor = { offset: this.#end, length, kept };
    this.#end += aligned(Math.max(1, length));
    this.tensors.push(tensor);
    return tensor;
  }

  /** Contiguous scratch. */
  scratch(rows: number, columns: number): View {
    return { space: 'arena', group: '', offset: this.add(rows * columns).offset, rows, columns, stride: columns };
  }

  /** The number of the tensor that holds an element. */
  at(offset: number): number {
    let [low, high] = [0, this.tensors.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tensors[middle]!.offset <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

export interface WidePlan {
  readonly launches: readonly Launch[];
  readonly inputs: Readonly<Record<string, View>>;
  readonly outputs: Readonly<Record<string, View>>;
  readonly arena: WideArena;
}

/** The plan with every tensor at an address of its own, so that two views of one address are views of one tensor. */
export function widen(plan: Plan): WidePlan {
  const arena = new WideArena();
  const lives = (plan.lifetimes ?? []).map((life) => ({
    life,
    wide: arena.add(life.length, life.from < 0 || life.to === Number.POSITIVE_INFINITY),
  }));
  lives.sort((a, b) => a.life.offset - b.life.offset);
  const move = (view: View, time: number): View => {
    if (view.space !== 'arena') return view;
    const end = view.offset + (view.rows - 1) * view.stride + view.columns;
    for (const { life, wide } of lives) {
      if (life.offset > view.offset) break;
      if (life.from <= time && time <= life.to && end <= life.offset + life.length)
        return { ...view, offset: view.offset - life.offset + wide.offset };
    }
    throw new Error(
      `${plan.name}: no tensor holds [${view.rows}, ${view.columns}] at ${view.offset} in launch ${time}; its lifetimes are wrong`,
    );
  };
  const launches = plan.launches.map((launch, time) => {
    const all = (views: readonly (View | null)[]) => views.map((view) => (view ? move(view, time) : null));
    return { ...launch, inputs: all(launch.inputs), outputs: all(launch.outputs) } as Launch;
  });
  const named = (views: Readonly<Record<string, View>>, time: number) =>
    Object.fromEntries(Object.entries(views).map(([name, view]) => [name, move(view, time)]));
  return {
    launches,
    inputs: named(plan.inputs, -1),
    outputs: named(plan.outputs, Math.max(0, plan.launches.length - 1)),
    arena,
  };
}
