import type { IndexView, Launch, Plan, View } from '../../plan';
import type { Dispatch, KernelCall, Lowering, StageOperation } from '../dispatch';
import { blocksOf } from '../dispatch';
import type { IndexTables, Lowered } from '../lower';
import { lowerLaunch } from '../lower-launch';
import { shaders } from '../shaders';
import { aligned, type Block, layOutBlocks } from './arena';
import { findMambaBlocks, type MambaBlock } from './mamba';
import { type ImportedWeight, rangesOf, segmentOfRow, stageCall, withBarriers } from './operations';
import { splitPlan } from './split';
import { type Staging, type Step, stageLaunches } from './staging';

export interface StagedOptions {
  readonly parallel: number;
  /** Storage buffers a dispatch may bind. */
  readonly mostBuffers: number;
  /** Bytes of workgroup memory. */
  readonly memory: number;
}

/** A weight that a stage reads, brought into the arena before it. */
interface Import {
  readonly view: View;
  readonly transposeBlocks: number;
  readonly block: number;
}

/**
 * Lowers a plan by stages: launches that sequences can do on their own become one dispatch in which every workgroup
 * carries them out for its sequences; what remains runs in waves of independent kernels, a dispatch or two each.
 */
export function lowerStaged(plan: Plan, options: StagedOptions, tables: IndexTables): Lowered {
  const split = splitPlan(plan);
  const staging = stageLaunches(plan, split);
  const times = timesOf(staging.steps);

  // A block for every tensor, and one for every imported weight.
  const blocks: Block[] = split.lifetimes.map(({ length, from, to }) =>
    from < 0 || to === Number.POSITIVE_INFINITY
      ? { length, from: -1, to: Number.POSITIVE_INFINITY }
      : { length, from: Number.POSITIVE_INFINITY, to: -1 },
  );
  staging.steps.forEach((step, s) => {
    for (const l of step.launches) {
      for (const { tensor } of staging.accesses[l]!) {
        if (tensor < 0) continue;
        const block = blocks[tensor]!;
        block.from = Math.min(block.from, times[s]!.at);
        block.to = Math.max(block.to, times[s]!.at);
      }
    }
  });
  for (const block of blocks) if (block.from > block.to) Object.assign(block, { from: 0, to: -1 });
  const blocksOfStage = mambaBlocks(plan, split.launches, staging, blocks, options.memory);
  const imports = importsOf(staging, split.launches, times, blocks, blocksOfStage);
  const { offsets, length } = layOutBlocks(blocks);

  const moved = (view: View, tensor: number): View =>
    tensor < 0 ? view : { ...view, offset: view.offset - split.lifetimes[tensor]!.offset + offsets[tensor]! };
  const movedLaunch = (l: number): Launch => {
    const tensorOf = new Map(staging.accesses[l]!.map((access) => [access.view, access.tensor]));
    const move = (view: View | null) => (view ? moved(view, tensorOf.get(view)!) : null);
    const launch = split.launches[l]!;
    return { ...launch, inputs: launch.inputs.map(move), outputs: launch.outputs.map(move) } as Launch;
  };

  let used = 0;
  let most = 0;
  const context: Lowering = {
    parallel: options.parallel,
    scratch(rows, columns): View {
      const view: View = { space: 'arena', group: '', offset: length + used, rows, columns, stride: columns };
      used += aligned(rows * columns);
      most = Math.max(most, used);
      return view;
    },
    table: (key, build) => tables.table(key, build),
    values: (view) => tables.values(view),
  };

  const dispatches: Dispatch[] = [];
  const ranges = new RangeTables(tables);
  staging.steps.forEach((step, s) => {
    used = 0;
    if (step.form === 'wave') {
      dispatches.push(
        ...lowerWave(
          step.launches.map((l) => lowerLaunch(movedLaunch(l), context)),
          options,
        ),
      );
      return;
    }
    const brought = imports.get(times[s]!.importedAt)!;
    if (times[s]!.importsHere && brought.length > 0) dispatches.push(...importDispatches(brought, offsets, options));
    const imported = (view: View, transposeBlocks: number): View => {
      const found = brought.find((other) => sameView(other.view, view) && other.transposeBlocks === transposeBlocks);
      return found ? importedView(found, offsets) : view;
    };
    const moves = (l: number, view: View) => {
      const tensor = staging.accesses[l]!.find((access) => access.view === view)!.tensor;
      return moved(view, tensor);
    };
    const tensorsOf = (launches: readonly number[], write: boolean) =>
      launches.flatMap((l) =>
        staging.accesses[l]!.filter((access) => access.write === write && access.tensor >= 0).map(({ tensor }) => tensor),
      );
    const found = blocksOfStage.get(s) ?? [];
    const operations = step.launches.flatMap((l) => {
      const block = found.find((each) => each.launches.includes(l));
      if (block && block.launches[0] !== l) return [];
      const rowLaunch = block ? block.scan : l;
      const main = staging.accesses[rowLaunch]!.find((access) => access.write)!;
      const { table, count } = rangesOf(split.launches[rowLaunch]!, main.tensor, main.view, step.parts, plan);
      return [
        {
          ...(block ? mambaCall(block, moves, imported, context) : stageCall(movedLaunch(l), context, imported, plan)),
          ranges: ranges.view(table),
          rangesPerPart: count,
          reads: tensorsOf(block?.launches ?? [l], false),
          writes: tensorsOf(block?.launches ?? [l], true),
        },
      ];
    });
    for (const part of cutToTables(withBarriers(operations))) {
      dispatches.push({ form: 'stage', operations: part, parts: step.parts.count, label: `${plan.name}: stage ${s}` });
    }
  });

  const accessOf = (view: View, time: number) => (view.space === 'arena' ? staging.tensors.at(view, time) : -1);
  const named = (views: Readonly<Record<string, View>>, time: number) =>
    Object.fromEntries(Object.entries(views).map(([name, view]) => [name, moved(view, accessOf(view, time))]));
  return {
    plan: { ...plan, inputs: named(plan.inputs, -1), outputs: named(plan.outputs, Math.max(0, plan.launches.length - 1)) },
    dispatches,
    arenaLength: length + most,
    tables,
  };
}

/** The fused kernel of a Mamba block. */
function mambaCall(
  block: MambaBlock,
  moves: (launch: number, view: View) => View,
  imported: ImportedWeight,
  context: Lowering,
): KernelCall {
  const operands = block.operands.map((operand, i) => {
    if (!operand) return null;
    const transposeBlocks = block.weights.get(i);
    if (transposeBlocks !== undefined) return imported(operand.view, transposeBlocks);
    const moved = moves(operand.launch, operand.view);
    const { view, wider } = operand;
    return wider ? { ...wider, offset: moved.offset + wider.offset - view.offset } : moved;
  });
  const stores = block.stored.reduce((bits, operand, bit) => (operands[operand] ? bits | (1 << bit) : bits), 0);
  return {
    shader: shaders[block.shader],
    // What is absent is not touched, but takes part in the shape of the kernel: all blocks share one.
    operands: operands.map((view) => view ?? operands[0]!),
    indices: block.segmentOfRow ? [segmentOfRow(block.segmentOfRow, context)] : [],
    uniforms: { group_rows: operands[0]!.rows / block.groups, normed: block.normed ? 1 : 0, stores, eps: block.eps },
    constants: block.constants,
    workgroups: 0,
    label: block.shader,
  };
}

/** Mamba blocks of each stage, by the number of its step. */
function mambaBlocks(
  plan: Plan,
  launches: readonly Launch[],
  { steps, accesses }: Staging,
  blocks: readonly Block[],
  memory: number,
): Map<number, MambaBlock[]> {
  const readers = new Map<number, number[]>();
  for (const { launch, tensor, write } of accesses.flat()) {
    if (!write && tensor >= 0) readers.set(tensor, [...(readers.get(tensor) ?? []), launch]);
  }
  const kept = (tensor: number) => blocks[tensor]!.to === Number.POSITIVE_INFINITY;
  const found = new Map<number, MambaBlock[]>();
  steps.forEach((step, s) => {
    if (step.form === 'stage') found.set(s, findMambaBlocks(step.launches, { plan, launches, accesses, readers, kept, memory }));
  });
  return found;
}

interface StepTime {
  /** Time of the step, and of the import that precedes it (or the first of the stages it follows). */
  readonly at: number;
  readonly importedAt: number;
  readonly importsHere: boolean;
}

/** Stages that follow each other share one import, since stages write no variables. */
function timesOf(steps: readonly Step[]): StepTime[] {
  let time = 0;
  let importedAt = -1;
  return steps.map((step, s) => {
    const importsHere = step.form === 'stage' && steps[s - 1]?.form !== 'stage';
    if (importsHere) importedAt = time++;
    return { at: time++, importedAt, importsHere };
  });
}

/** Weights are brought in up to this size; larger variables (replay pools) are read where they are. */
const LARGEST_IMPORT = 1 << 18;

function importsOf(
  staging: Staging,
  launches: readonly Launch[],
  times: readonly StepTime[],
  blocks: Block[],
  mamba: ReadonlyMap<number, readonly MambaBlock[]>,
): Map<number, Import[]> {
  const imports = new Map<number, Import[]>();
  staging.steps.forEach((step, s) => {
    if (step.form !== 'stage') return;
    const { at, importedAt } = times[s]!;
    const list = imports.get(importedAt) ?? [];
    imports.set(importedAt, list);
    const bring = (view: View, transposeBlocks: number) => {
      const known = list.find((other) => sameView(other.view, view) && other.transposeBlocks === transposeBlocks);
      if (known) {
        blocks[known.block]!.to = at;
        return;
      }
      list.push({ view, transposeBlocks, block: blocks.length });
      blocks.push({ length: view.rows * view.columns, from: importedAt, to: at });
    };
    const found = mamba.get(s) ?? [];
    for (const { operands, weights } of found)
      for (const [i, transposeBlocks] of weights) bring(operands[i]!.view, transposeBlocks);
    for (const l of step.launches) {
      if (found.some((block) => block.launches.includes(l))) continue;
      const launch = launches[l]!;
      launch.inputs.forEach((view, i) => {
        if (!view || view.space === 'arena') return;
        const transposes = launch.kernel === 'matmul' && launch.attributes.variant === 'nt' && i === 1;
        if (view.space === 'constant' && !transposes) return;
        if (launch.kernel === 'gather-elements' || view.rows * view.columns > LARGEST_IMPORT) return;
        bring(view, transposes ? launch.attributes.groups : 0);
      });
    }
  });
  return imports;
}

function sameView(a: View, b: View): boolean {
  return (
    a.space === b.space &&
    a.group === b.group &&
    a.offset === b.offset &&
    a.rows === b.rows &&
    a.columns === b.columns &&
    a.stride === b.stride
  );
}

function importedView({ view, transposeBlocks, block }: Import, offsets: Float64Array): View {
  const shape =
    transposeBlocks > 0
      ? { rows: transposeBlocks * view.columns, columns: view.rows / transposeBlocks }
      : { rows: view.rows, columns: view.columns };
  return { space: 'arena', group: '', offset: offsets[block]!, ...shape, stride: shape.columns };
}

function importDispatches(list: readonly Import[], offsets: Float64Array, options: StagedOptions): Dispatch[] {
  const calls = list.map((each): KernelCall => {
    const target = importedView(each, offsets);
    return {
      shader: shaders['stage-import'],
      operands: [each.view, target],
      indices: [],
      uniforms: {
        rows: target.rows,
        columns: target.columns,
        block_rows: each.transposeBlocks > 0 ? target.rows / each.transposeBlocks : target.rows,
      },
      constants: { TRANSPOSE: each.transposeBlocks > 0 ? 1 : 0 },
      workgroups: blocksOf(target.rows * target.columns),
      label: 'import',
    };
  });
  return lowerWave(
    calls.map((call) => [call]),
    options,
  );
}

/** Rounds of independent kernels: the first call of every launch, then the second. */
export function lowerWave(lists: readonly (readonly KernelCall[])[], options: StagedOptions): Dispatch[] {
  const dispatches: Dispatch[] = [];
  const rounds = Math.max(0, ...lists.map((calls) => calls.length));
  for (let round = 0; round < rounds; round++) {
    const calls = lists.flatMap((list) => (round < list.length && list[round]!.workgroups > 0 ? [list[round]!] : []));
    let joint: KernelCall[] = [];
    const buffers = new Set<string>();
    let words = 0;
    const flush = () => {
      if (joint.length === 1) dispatches.push({ form: 'kernel', call: joint[0]! });
      else if (joint.length > 1)
        dispatches.push({ form: 'joint', calls: joint, label: [...new Set(joint.map(({ label }) => label))].join(', ') });
      joint = [];
      buffers.clear();
      words = 0;
    };
    for (const call of calls) {
      if (call.shader.threads !== '256') {
        dispatches.push({ form: 'kernel', call });
        continue;
      }
      const own = buffersOf(call);
      const total = new Set([...buffers, ...own]).size + 1;
      const size = recordSize(call);
      if (total > options.mostBuffers || words + size > MOST_WORDS) flush();
      joint.push(call);
      for (const buffer of own) buffers.add(buffer);
      words += size;
    }
    flush();
  }
  return dispatches;
}

/** A table of operations holds 16,384 words; some are kept for its ends. */
const MOST_WORDS = 16_000;

function recordSize(call: KernelCall): number {
  return 12 + 2 * call.operands.length + 2 * call.indices.length + Object.keys(call.uniforms).length;
}

function buffersOf(call: KernelCall): string[] {
  return [...new Set(call.operands.flatMap((view) => (view ? [view.space === 'variable' ? view.group : `${view.space}:`] : [])))];
}

function cutToTables(operations: readonly StageOperation[]): StageOperation[][] {
  const parts: StageOperation[][] = [[]];
  let words = 0;
  for (const operation of operations) {
    const size = recordSize(operation);
    if (words + size > MOST_WORDS) {
      parts.push([]);
      words = 0;
    }
    parts[parts.length - 1]!.push(operation);
    words += size;
  }
  return parts;
}

/** Range tables of equal content are kept once. */
class RangeTables {
  readonly #known = new Map<string, { readonly table: Int32Array; readonly view: IndexView }[]>();

  constructor(readonly tables: IndexTables) {}

  view(table: Int32Array): IndexView {
    let hash = 2166136261;
    for (const value of table) hash = Math.imul(hash ^ value, 16777619);
    const key = `${table.length}:${hash}`;
    const list = this.#known.get(key) ?? [];
    this.#known.set(key, list);
    const found = list.find((other) => other.table.every((value, i) => value === table[i]));
    if (found) return found.view;
    const view = this.tables.table(`ranges:${key}:${list.length}`, () => table);
    list.push({ table, view });
    return view;
  }
}
