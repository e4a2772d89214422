import type { BinaryName, Instruction, LaunchOf, UnaryName } from '../plan';
import { check, type Encoding, type Entry, floatBits, required } from './entry';

/** In the order of `Op` in kernels/elementwise.ts. */
const OPS: readonly ('constant' | 'select' | UnaryName | BinaryName)[] = [
  'constant',
  'neg',
  'abs',
  'exp',
  'log',
  'sqrt',
  'square',
  'reciprocal',
  'tanh',
  'sigmoid',
  'softplus',
  'silu',
  'relu',
  'step',
  'floor',
  'add',
  'sub',
  'mul',
  'div',
  'max',
  'min',
  'less',
  'select',
];
const KINDS = ['full', 'row', 'column', 'scalar'] as const;
/** Elements of a tile: 2 KiB a register. */
const TILE = 512;
const TASK = 4096;
const MAX_INPUTS = 12;
const MAX_OUTPUTS = 6;

type Elementwise = LaunchOf<'elementwise'>;

/** Registers an instruction reads. */
function operands(instruction: Instruction): number[] {
  if (instruction.op === 'constant') return [];
  if (instruction.op === 'select') return [instruction.a, instruction.b, instruction.c];
  return 'b' in instruction ? [instruction.a, instruction.b] : [instruction.a];
}

/** The last instruction that reads each register; the number of instructions when it is needed at the tile's end. */
function lastUses(launch: Elementwise, direct: readonly number[]): number[] {
  const { program, results } = launch.attributes;
  const last = new Array<number>(launch.inputs.length + program.length).fill(-1);
  program.forEach((instruction, j) => {
    for (const register of operands(instruction)) last[register] = j;
  });
  results.forEach((register, o) => {
    if (direct[o] === 0) last[register] = program.length;
  });
  return last;
}

/** Gives a slot to every register that needs one, reusing those whose value is dead. */
function assignSlots(launch: Elementwise, inPlace: readonly boolean[], writtenBy: readonly number[], last: readonly number[]) {
  const { program, broadcast } = launch.attributes;
  const inputs = launch.inputs.length;
  const slots = new Array<number>(inputs + program.length).fill(-1);
  const spare: number[] = [];
  let count = 0;
  const take = () => spare.pop() ?? count++;
  for (let i = 0; i < inputs; i++) if (!inPlace[i]) slots[i] = count++;
  program.forEach((instruction, j) => {
    if (instruction.op === 'constant') slots[inputs + j] = count++;
  });
  program.forEach((instruction, j) => {
    if (instruction.op === 'constant') return;
    for (const register of new Set(operands(instruction))) {
      const permanent =
        register < inputs
          ? broadcast[register] === 'row' || broadcast[register] === 'scalar'
          : program[register - inputs]!.op === 'constant';
      if (!permanent && last[register] === j && slots[register]! >= 0) spare.push(slots[register]!);
    }
    if (writtenBy[j] === 0) slots[inputs + j] = take();
    // A value that nobody reads still needs somewhere to go.
    if (writtenBy[j] === 0 && last[inputs + j] === -1) spare.push(slots[inputs + j]!);
  });
  return { slots, count };
}

export function encodeElementwise(launch: Elementwise, to: Encoding): Entry[] {
  const { rows, columns, groups, broadcast, program, results } = launch.attributes;
  const inputs = launch.inputs.map((view, i) => required(view, launch, `input ${i}`));
  const outputs = launch.outputs.map((view, o) => required(view, launch, `output ${o}`));
  check(inputs.length <= MAX_INPUTS, launch, `${inputs.length} inputs, at most ${MAX_INPUTS} are possible; split the program`);
  check(
    outputs.length <= MAX_OUTPUTS,
    launch,
    `${outputs.length} outputs, at most ${MAX_OUTPUTS} are possible; split the program`,
  );
  check(rows % groups === 0, launch, `${rows} rows do not divide into ${groups} groups`);
  if (rows * columns === 0) return [];

  const contiguous = (view: { stride: number; rows: number }) => view.stride === columns || view.rows === 1;
  const flat =
    broadcast.every((kind) => kind === 'full' || kind === 'scalar') &&
    inputs.every((view, i) => broadcast[i] === 'scalar' || contiguous(view)) &&
    outputs.every(contiguous);
  const height = flat ? 1 : rows / groups;
  const width = flat ? rows * columns : columns;
  const tileColumns = Math.min(width, TILE);
  const tileRows = tileColumns === width ? Math.max(1, Math.min(height, Math.floor(TILE / width))) : 1;
  const taskColumns = flat ? TASK : width;
  const taskRows = tileRows * Math.max(1, Math.floor(TASK / (tileRows * width)));
  const down = Math.ceil(height / taskRows);
  const across = Math.ceil(width / taskColumns);

  const whole = (view: { stride: number; rows: number }) => tileRows === 1 || contiguous(view);
  const inPlace = inputs.map((view, i) => broadcast[i] === 'full' && whole(view));
  // An output is written where it lies by the instruction that makes it, unless an input under it is read afterwards.
  const direct = outputs.map(() => 0);
  const writtenBy = program.map(() => 0);
  results.forEach((register, o) => {
    const j = register - inputs.length;
    if (j < 0 || !whole(outputs[o]!) || writtenBy[j] !== 0 || program[j]!.op === 'constant') return;
    const region = to.region(outputs[o]!);
    const lies = (i: number) => {
      const input = to.region(inputs[i]!);
      return input.start < region.end && region.start < input.end;
    };
    const readLater =
      program.some((instruction, at) => at > j && operands(instruction).some((r) => r < inputs.length && lies(r))) ||
      results.some((r) => r < inputs.length && lies(r));
    if (readLater) return;
    direct[o] = 1;
    writtenBy[j] = o + 1;
  });
  const { slots, count } = assignSlots(launch, inPlace, writtenBy, lastUses(launch, direct));
  const slotsOffset = Math.ceil((slots.length * 4) / 64) * 64;

  const words = [height, width, taskRows, down, taskColumns, across, tileRows, tileColumns];
  words.push(inputs.length, program.length, outputs.length, slotsOffset);
  inputs.forEach((view, i) => {
    words.push(to.address(view), view.stride * 4, KINDS.indexOf(broadcast[i]!), slots[i]!);
  });
  program.forEach((instruction, j) => {
    const [a, b, c] = operands(instruction);
    const first = instruction.op === 'constant' ? floatBits(instruction.value) : a!;
    words.push(OPS.indexOf(instruction.op), first, b ?? 0, c ?? 0, slots[inputs.length + j]!, writtenBy[j]!);
  });
  outputs.forEach((view, o) => {
    words.push(to.address(view), view.stride * 4, results[o]!, direct[o]!);
  });
  return [
    {
      kernel: 'elementwise',
      tasks: (flat ? 1 : groups) * down * across,
      words,
      reads: inputs.map((view) => to.region(view)),
      writes: outputs.map((view) => to.region(view)),
      scratch: slotsOffset + (count + 1) * TILE * 4,
    },
  ];
}
