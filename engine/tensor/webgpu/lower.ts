import type { IndexView, Plan, View } from '../plan';
import type { Dispatch, Lowering } from './dispatch';
import { keptFor } from './kept';
import { lowerLaunch } from './lower-launch';

/** A plan as dispatches, with the storage they need. */
export interface Lowered {
  /** The plan as it is run: its arena may be laid out anew. */
  readonly plan: Plan;
  readonly dispatches: readonly Dispatch[];
  /** Elements of arena, scratch of the launches included (it lies behind the plan's own). */
  readonly arenaLength: number;
  /** Elements of packed weights. */
  readonly packedLength: number;
  readonly tables: IndexTables;
}

const ALIGNMENT = 64;
const aligned = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

/** Index lists of a plan and tables derived from them. */
export class IndexTables {
  readonly #tables = new Map<string, IndexView>();
  readonly #extra: ArrayLike<number>[] = [];
  readonly #plan: Int32Array;
  #length: number;

  constructor(indices: Int32Array) {
    this.#plan = indices;
    this.#length = aligned(indices.length);
  }

  values(view: IndexView): Int32Array {
    return this.#plan.subarray(view.offset, view.offset + view.length);
  }

  /** Adds values; equal keys share one table. */
  table(key: string, build: () => ArrayLike<number>): IndexView {
    const known = this.#tables.get(key);
    if (known) return known;
    const values = build();
    const view: IndexView = { offset: this.#length, length: values.length };
    this.#length += aligned(values.length);
    this.#extra.push(values);
    this.#tables.set(key, view);
    return view;
  }

  /** All of it: the plan's indices, then the tables. */
  storage(): Int32Array {
    const storage = new Int32Array(this.#length);
    storage.set(this.#plan);
    let at = aligned(this.#plan.length);
    for (const values of this.#extra) {
      storage.set(values, at);
      at += aligned(values.length);
    }
    return storage;
  }
}

/**
 * Lowers a plan launch by launch, for a device on which about `parallel` workgroups run at once. Scratch lies behind
 * the plan's arena.
 */
export function lowerPlan(plan: Plan, parallel: number, tables = new IndexTables(plan.indices)): Lowered {
  const base = aligned(plan.arenaLength);
  let used = 0;
  let lasting = 0;
  let most = 0;
  const context: Lowering = {
    parallel,
    kept: keptFor(plan.launches),
    scratch(rows, columns, lasts = false): View {
      const view: View = { space: 'arena', group: '', offset: base + used, rows, columns, stride: columns };
      used += aligned(rows * columns);
      most = Math.max(most, used);
      if (lasts) lasting = used;
      return view;
    },
    table: (key, build) => tables.table(key, build),
    values: (view) => tables.values(view),
  };
  const dispatches: Dispatch[] = [];
  for (const launch of plan.launches) {
    used = lasting; // other scratch lives for one launch: dispatches run in order
    for (const call of lowerLaunch(launch, context)) if (call.workgroups > 0) dispatches.push({ form: 'kernel', call });
  }
  return { plan, dispatches, arenaLength: base + most, packedLength: 0, tables };
}
