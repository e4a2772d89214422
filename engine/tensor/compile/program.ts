import type { Tensor } from '../graph';
import { broadcastOver } from '../ops/broadcast';
import type { BinaryName, Instruction, LaunchOf, UnaryName } from '../plan';
import { inputsOf, isRead } from './fuse';
import { sameAs, type Unit, type Units } from './units';

export interface Fused {
  readonly attributes: LaunchOf<'elementwise'>['attributes'];
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** Writes a unit of elementwise nodes as one straight-line program. */
export function programOf(units: Units, unit: Unit): Fused {
  const nodes = unit.nodes.filter((node) => node.body.kind === 'elementwise');
  const members = new Set(nodes);
  const [{ graph, rows, columns }] = nodes[0]!.outputs as readonly [Tensor];
  const inputs = [...inputsOf(nodes)];
  // Every program has an input, so that no executor needs a special case.
  if (inputs.length === 0) inputs.push(graph.scalar(0));
  const registers = new Map<Tensor, number>(inputs.map((input, i) => [input, i]));
  const literals = new Map<number, number>();
  const program: Instruction[] = [];
  const emit = (instruction: Instruction) => inputs.length + program.push(instruction) - 1;
  for (const { body, inputs: operands, outputs } of nodes) {
    if (body.kind !== 'elementwise') continue;
    const [a, b, c] = body.operands.map((operand) => {
      if ('input' in operand) return registers.get(sameAs(operands[operand.input]!))!;
      let register = literals.get(operand.literal);
      if (register === undefined) {
        register = emit({ op: 'constant', value: operand.literal });
        literals.set(operand.literal, register);
      }
      return register;
    });
    let result: number;
    if (body.op === 'identity') result = a!;
    else if (body.op === 'select') result = emit({ op: 'select', c: a!, a: b!, b: c! });
    else if (body.operands.length === 2) result = emit({ op: body.op as BinaryName, a: a!, b: b! });
    else result = emit({ op: body.op as UnaryName, a: a! });
    registers.set(outputs[0]!, result);
  }
  const outputs = nodes.filter((node) => isRead(units, node, members)).map((node) => node.outputs[0]!);
  const broadcast = inputs.map((input) => broadcastOver(input, { rows, columns })!);
  const groups = inputs.find((_, i) => broadcast[i] === 'row')?.rows ?? 1;
  const results = outputs.map((output) => registers.get(output)!);
  return { attributes: { rows, columns, groups, broadcast, program, results }, inputs, outputs };
}
