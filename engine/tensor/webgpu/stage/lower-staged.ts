import type { IndexView, Launch, Plan, View } from '../../plan';
import type { Dispatch, KernelCall, Lowering, StageOperation } from '../dispatch';
import { blocksOf } from '../dispatch';
import type { IndexTables, Lowered } from '../lower';
import { lowerLaunch } from '../lower-launch';
import { shaders } from '../shaders';
import { aligned, type Block, layOutBlocks } from './arena';
import { rangesOf, stageCall, withBarriers } from './operations';
import { splitPlan } from './split';
import { type Staging, type Step, stageLaunches } from './staging';

export interface StagedOptions {
  readonly parallel: number;
  /** Storage buffers a dispatch may bind. */
  readonly mostBuffers: number;
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
  const imports = importsOf(staging, split.launches, times, blocks);
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
      dispatches.push(...lowerWave(step.launches.map((l) => lowerLaunch(movedLaunch(l), context)), options));
      return;
    }
    const brought = imports.get(times[s]!.importedAt)!;
    if (times[s]!.importsHere && brought.length > 0) dispatches.push(...importDispatches(brought, offsets, options));
    const imported = (view: View, transposeBlocks: number): View => {
      const found = brought.find((other) => sameView(other.view, view) && other.transposeBlocks === transposeBlocks);
      return found ? importedView(found, offsets) : view;
    };
    const operations = step.launches.map((l) => {
      const accesses = staging.accesses[l]!;
      const main = accesses.find((access) => access.write)!;
      const { table, count } = rangesOf(split.launches[l]!, main.tensor, main.view, step.parts, plan);
      const tensorsOf = (write: boolean) => accesses.filter((access) => access.write === write && access.tensor >= 0).map(({ tensor }) => tensor);
      return {
        ...stageCall(movedLaunch(l), context, imported, plan),
        ranges: ranges.view(table),
        rangesPerPart: count,
        reads: tensorsOf(false),
        writes: tensorsOf(true),
      };
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

function importsOf(staging: Staging, launches: readonly Launch[], times: readonly StepTime[], blocks: Block[]): Map<number, Import[]> {
  const imports = new Map<number, Import[]>();
  staging.steps.forEach((step, s) => {
    if (step.form !== 'stage') return;
    const { at, importedAt } = times[s]!;
    const list = imports.get(importedAt) ?? [];
    imports.set(importedAt, list);
    for (const l of step.launches) {
      const launch = launches[l]!;
      launch.inputs.forEach((view, i) => {
        if (!view || view.space === 'arena') return;
        const transposes = launch.kernel === 'matmul' && launch.attributes.variant === 'nt' && i === 1;
        if (view.space === 'constant' && !transposes) return;
        if (launch.kernel === 'gather-elements' || view.rows * view.columns > LARGEST_IMPORT) return;
        const transposeBlocks = transposes ? launch.attributes.groups : 0;
        const known = list.find((other) => sameView(other.view, view) && other.transposeBlocks === transposeBlocks);
        if (known) {
          blocks[known.block]!.to = at;
          return;
        }
        list.push({ view, transposeBlocks, block: blocks.length });
        blocks.push({ length: view.rows * view.columns, from: importedAt, to: at });
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
  return lowerWave(calls.map((call) => [call]), options);
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
      else if (joint.length > 1) dispatches.push({ form: 'joint', calls: joint, label: [...new Set(joint.map(({ label }) => label))].join(', ') });
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

