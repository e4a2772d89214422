import type { Launch, Lifetime, View } from '../../plan';

/** An operand of a launch, told apart from others that use the same memory at other times. */
export interface Access {
  readonly launch: number;
  readonly view: View;
  readonly write: boolean;
  /** `tensor:<id>`, `variable:<group>` or `constant`. */
  readonly storage: string;
  /** The arena tensor, or -1. */
  readonly tensor: number;
}

/** The tensors that take turns in the arena. */
export class Tensors {
  readonly #byOffset: readonly { readonly id: number; readonly life: Lifetime }[];

  constructor(readonly lifetimes: readonly Lifetime[]) {
    this.#byOffset = lifetimes.map((life, id) => ({ id, life })).sort((a, b) => a.life.offset - b.life.offset);
  }

  /** The tensor that a view of the arena belongs to at a launch. */
  at(view: View, launch: number): number {
    const end = view.offset + (view.rows - 1) * view.stride + view.columns;
    for (const { id, life } of this.#byOffset) {
      if (life.offset > view.offset) break;
      if (life.from <= launch && launch <= life.to && end <= life.offset + life.length) return id;
    }
    throw new Error(
      `no tensor of the plan holds [${view.rows}, ${view.columns}] at ${view.offset} in launch ${launch}; its lifetimes are wrong`,
    );
  }
}

/** Every operand of every launch. */
export function accessesOf(launches: readonly Launch[], tensors: Tensors, times: readonly number[]): Access[][] {
  return launches.map((launch, l) => {
    const access = (view: View | null, write: boolean): Access[] => {
      if (!view) return [];
      if (view.space !== 'arena') {
        const storage = view.space === 'variable' ? `variable:${view.group}` : 'constant';
        return [{ launch: l, view, write, storage, tensor: -1 }];
      }
      const tensor = tensors.at(view, times[l]!);
      return [{ launch: l, view, write, storage: `tensor:${tensor}`, tensor }];
    };
    return [...launch.inputs.flatMap((view) => access(view, false)), ...launch.outputs.flatMap((view) => access(view, true))];
  });
}

/** Whether two views of one storage share elements. */
export function overlaps(a: View, b: View): boolean {
  const endOf = (view: View) => view.offset + (view.rows - 1) * view.stride + view.columns;
  if (endOf(a) <= b.offset || endOf(b) <= a.offset) return false;
  const stride = a.stride;
  if (a.rows === 1 || b.rows === 1 || b.stride !== stride) return true;
  // Columns of one wider tensor, side by side: apart if neither reaches the other within a row.
  const base = Math.min(a.offset, b.offset);
  const [startA, startB] = [(a.offset - base) % stride, (b.offset - base) % stride];
  const wraps = startA + a.columns > stride || startB + b.columns > stride;
  return wraps || (startA < startB + b.columns && startB < startA + a.columns);
}

/** For each launch the earlier ones that must be done before it. */
export function dependencies(accesses: readonly (readonly Access[])[]): number[][] {
  const seen = new Map<string, Access[]>();
  return accesses.map((own, launch) => {
    const before = new Set<number>();
    for (const access of own) {
      if (access.storage === 'constant') continue;
      for (const other of seen.get(access.storage) ?? []) {
        if (other.launch === launch || before.has(other.launch)) continue;
        if ((access.write || other.write) && overlaps(access.view, other.view)) before.add(other.launch);
      }
    }
    for (const access of own) {
      const list = seen.get(access.storage);
      if (list) list.push(access);
      else seen.set(access.storage, [access]);
    }
    return [...before];
  });
}
