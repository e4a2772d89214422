import type { Plan, View } from '../../plan';
import type { Dispatch, KernelCall, Lowering } from '../dispatch';
import { keptFor } from '../kept';
import { NARROW_IN_CHAIN } from '../kernels/matmul';
import type { IndexTables, Lowered } from '../lower';
import { lowerLaunch } from '../lower-launch';
import type { MambaBlock } from './block';
import { findBlocks } from './find-blocks';
import { joinChains } from './join';
import { layOutBlocks } from './lay-out';
import { lowerBlock } from './lower-block';
import { packCalls } from './pack-weights';
import { splitGathers } from './split-gathers';
import { Surroundings } from './surroundings';
import { widen } from './tensors';
import { wavesOf } from './waves';

export interface FusionOptions {
  readonly parallel: number;
  /** Whether independent kernels share a dispatch. */
  readonly join: boolean;
  /** Storage buffers a dispatch may bind. */
  readonly mostBuffers: number;
  /** Bytes of workgroup memory. */
  readonly memory: number;
}

/**
 * Lowers a plan to few dispatches: Mamba blocks become one kernel each, and kernels that do not depend on each other run
 * side by side as one dispatch. The arena is laid out anew for the order that results.
 */
export function lowerFused(plan: Plan, options: FusionOptions, tables: IndexTables): Lowered {
  const wide = widen(plan);
  const { arena } = wide;
  const context: Lowering = {
    parallel: options.parallel,
    scratch: (rows, columns) => arena.scratch(rows, columns),
    kept: keptFor(wide.launches),
    table: (key, build) => tables.table(key, build),
    values: (view) => tables.values(view),
  };

  const lowered: KernelCall[] = [];
  const packed = new PackedWeights();
  const blocks = findBlocks(new Surroundings(plan, wide), options.memory);
  const blockOf = new Map(blocks.flatMap((block) => block.launches.map((l) => [l, block])));
  wide.launches.forEach((launch, l) => {
    const block = blockOf.get(l);
    if (!block) {
      lowered.push(...lowerLaunch(launch, context).filter(({ workgroups }) => workgroups > 0));
      for (const view of launch.outputs) if (view?.space === 'variable') packed.changed(view.group);
    } else if (l === Math.min(...block.launches)) {
      const { offset, length, calls: pack } = packed.place(block);
      lowered.push(...pack, ...lowerBlock(block, offset, length, options.memory, context));
    }
  });

  const calls = options.join ? splitGathers(lowered, arena) : lowered;
  const waves = wavesOf(calls, arena, options.join);
  const lives = arena.tensors.map(({ length, kept }) =>
    kept ? { length, from: -1, to: Number.POSITIVE_INFINITY } : { length, from: Number.POSITIVE_INFINITY, to: -1 },
  );
  calls.forEach(({ operands }, c) => {
    for (const view of operands) {
      if (view?.space !== 'arena') continue;
      const life = lives[arena.at(view.offset)]!;
      life.from = Math.min(life.from, waves.of[c]!);
      life.to = Math.max(life.to, waves.of[c]!);
    }
  });
  // What no kernel touches takes no memory.
  const used = lives.map((life) => (life.from > life.to ? { length: 0, from: 0, to: 0 } : life));
  const { offsets, length } = layOutBlocks(used);
  const placed = (view: View): View => {
    if (view.space !== 'arena') return view;
    const tensor = arena.at(view.offset);
    return { ...view, offset: view.offset - arena.tensors[tensor]!.offset + offsets[tensor]! };
  };

  const final = (c: number): KernelCall => {
    const call = { ...calls[c]!, operands: calls[c]!.operands.map((view) => view && placed(view)) };
    const parts = waves.parts.get(c);
    return parts ? inParts(call, parts, tables) : call;
  };
  const dispatches: Dispatch[] = waves.chains.flatMap((wave) => {
    const chains = wave.map((chain) => chain.map(final));
    return options.join
      ? joinChains(chains, options.mostBuffers)
      : chains.flat().map((call): Dispatch => ({ form: 'kernel', call }));
  });
  const named = (views: Readonly<Record<string, View>>) =>
    Object.fromEntries(Object.entries(views).map(([name, view]) => [name, placed(view)]));
  return {
    plan: { ...plan, inputs: named(wide.inputs), outputs: named(wide.outputs) },
    dispatches,
    arenaLength: length,
    packedLength: packed.length,
    tables,
  };
}

/** A kernel as a chain runs it, a part of its rows at a time. */
function inParts(
  call: KernelCall,
  { starts, level }: { readonly starts: readonly number[]; readonly level: number },
  tables: IndexTables,
): KernelCall {
  const { uniforms, constants, byRows, shader } = call;
  const narrow = shader.name === 'matmul-narrow';
  return {
    ...call,
    constants: narrow ? { ...constants, ...NARROW_IN_CHAIN } : constants,
    parts: {
      starts: tables.table(`parts of rows:${starts.join()}`, () => starts),
      width: shader.form === 'points' ? (uniforms.rows! * uniforms.columns!) / byRows!.rows : 0,
      level,
    },
  };
}

/** Which weights have been packed, and where. */
class PackedWeights {
  length = 0;
  readonly #versions = new Map<string, number>();
  readonly #places = new Map<string, { readonly offset: number; readonly length: number }>();

  changed(group: string): void {
    this.#versions.set(group, (this.#versions.get(group) ?? 0) + 1);
  }

  /** The place of a block's weights as they are now, and the kernels that bring them there if they are not there yet. */
  place(block: MambaBlock): { offset: number; length: number; calls: KernelCall[] } {
    const views = Object.values(block.weights) as View[];
    const key = [
      block.direction,
      ...views.map(({ group, offset }) => `${group}@${offset}v${this.#versions.get(group) ?? 0}`),
    ].join();
    const known = this.#places.get(key);
    if (known) return { ...known, calls: [] };
    const { calls, length } = packCalls(block, this.length);
    const place = { offset: this.length, length };
    this.#places.set(key, place);
    this.length += length;
    return { ...place, calls };
  }
}
