import type { Plan, View } from '../plan';
import { encodeLaunch } from './encode-launch';
import { type Encoding, type Entry, KERNELS, overlap, type Region, type Saved } from './entry';
import { layOutSaved, type SavedPlace } from './saved';

/** Where a plan's storage lies, in bytes. */
export interface Placement {
  readonly arena: number;
  readonly constants: number;
  readonly indices: number;
  /** Partial sums: `PARTIAL_SLOTS` slots in rotation. */
  readonly partials: number;
  readonly partialBytes: number;
  /** What forward launches save for their gradients; see saved.ts. */
  readonly saved: number;
  group(name: string): number;
}

/** Launches in flight at once that may each hold partial sums. */
export const PARTIAL_SLOTS = 8;

export interface Encoded {
  /** Entries by stage, with the launch each came from. */
  readonly stages: readonly (readonly PlacedEntry[])[];
  readonly lists: readonly number[];
  /** What the entries need: bytes of one partial slot, of a thread's scratch, of what is saved for gradients. */
  readonly partialBytes: number;
  readonly scratchBytes: number;
  readonly savedBytes: number;
}

interface PlacedEntry {
  readonly entry: Entry;
  readonly launch: number;
}

function storageOf(plan: Plan, view: View): number {
  if (view.space === 'arena') return plan.arenaLength;
  if (view.space === 'constant') return plan.constants.length;
  return plan.groups[view.group] ?? -1;
}

function checkView(plan: Plan, view: View, label: string): void {
  const end = view.offset + (view.rows - 1) * view.stride + view.columns;
  const length = storageOf(plan, view);
  if (length < 0) throw new Error(`plan "${plan.name}", "${label}": group "${view.group}" is not among the plan's groups`);
  if (view.offset < 0 || view.rows < 1 || view.columns < 1 || (view.rows > 1 && view.stride < view.columns) || end > length) {
    throw new Error(
      `plan "${plan.name}", "${label}": a ${view.rows} × ${view.columns} view (offset ${view.offset}, stride ${view.stride}) ` +
        `does not fit into ${length} elements of ${view.space} ${view.group}`,
    );
  }
}

/** Encodes every launch and gathers entries that do not depend on each other into stages. */
export function encodePlan(plan: Plan, at: Placement, merge: boolean): Encoded {
  const lists: number[] = [];
  let partialBytes = 64;
  let scratchBytes = 64;
  let slot = 0;
  const address = (view: View): number => {
    const base = view.space === 'arena' ? at.arena : view.space === 'constant' ? at.constants : at.group(view.group);
    return base + view.offset * 4;
  };
  const region = (view: View): Region => {
    const start = address(view);
    const width = view.columns * 4;
    return { start, end: start + (view.rows - 1) * view.stride * 4 + width, stride: view.rows > 1 ? view.stride * 4 : 0, width };
  };
  const savedAt = (place: SavedPlace | undefined): Saved | null => {
    if (!place) return null;
    const start = at.saved + place.offset;
    return { region: { start, end: start + place.bytes, stride: 0, width: place.bytes }, byGradient: place.byGradient };
  };
  const stages: PlacedEntry[][] = [];
  const saves = layOutSaved(plan);
  plan.launches.forEach((launch, index) => {
    for (const view of [...launch.inputs, ...launch.outputs]) if (view) checkView(plan, view, launch.label);
    const to: Encoding = {
      address,
      region,
      index(position) {
        const view = launch.index[position];
        if (!view || view.offset < 0 || view.offset + view.length > plan.indices.length) {
          throw new Error(
            `plan "${plan.name}", ${launch.kernel} "${launch.label}": index list ${position} is missing or out of range`,
          );
        }
        return {
          address: at.indices + view.offset * 4,
          values: plan.indices.subarray(view.offset, view.offset + view.length),
        };
      },
      saved: savedAt(saves.of.get(index)),
      partial(bytes) {
        partialBytes = Math.max(partialBytes, Math.ceil(bytes / 64) * 64);
        const start = at.partials + (slot++ % PARTIAL_SLOTS) * at.partialBytes;
        return { start, end: start + bytes, stride: 0, width: bytes };
      },
      list(values) {
        const offset = lists.length * 4;
        lists.push(...values);
        return offset;
      },
    };
    for (const entry of encodeLaunch(launch, to)) {
      if (entry.tasks <= 0) continue;
      scratchBytes = Math.max(scratchBytes, Math.ceil(entry.scratch / 64) * 64 + 64);
      const at = merge ? earliestStage(stages, entry) : stages.length;
      if (at === stages.length) stages.push([]);
      stages[at]!.push({ entry, launch: index });
    }
  });
  return { stages, lists, partialBytes, scratchBytes, savedBytes: saves.bytes };
}

/** The stage after the last one that an entry must wait for: work nobody waits for yet fills the threads' spare time. */
function earliestStage(stages: readonly (readonly PlacedEntry[])[], entry: Entry): number {
  let at = stages.length;
  while (at > 0 && !stages[at - 1]!.some((other) => conflict(other.entry, entry))) at--;
  return at;
}

function meets(a: readonly Region[], b: readonly Region[]): boolean {
  return a.some((x) => b.some((y) => overlap(x, y)));
}

function conflict(a: Entry, b: Entry): boolean {
  return meets(a.writes, b.reads) || meets(a.writes, b.writes) || meets(a.reads, b.writes);
}

/** The words that the interpreter walks (layout: kernels/main.ts). `listBase` is where the lists will lie. */
export function tableWords(encoded: Encoded, listBase: number): Int32Array {
  const words: number[] = [encoded.stages.length];
  for (const stage of encoded.stages) {
    const start = words.length;
    words.push(
      0,
      stage.length,
      stage.reduce((sum, { entry }) => sum + entry.tasks, 0),
    );
    for (const { entry, launch } of stage) {
      const args = [...entry.words];
      if (entry.listWord !== undefined) args[entry.listWord]! += listBase;
      words.push(4 + args.length, KERNELS.indexOf(entry.kernel), entry.tasks, launch, ...args);
    }
    words[start] = words.length - start;
  }
  return Int32Array.from(words);
}
