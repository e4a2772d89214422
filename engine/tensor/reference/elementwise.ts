import type { Instruction } from '../plan';
import { binary, unary } from './functions';
import type { Present, ReferenceKernel } from './kernel';

function evaluate(instruction: Instruction, registers: Float64Array): number {
  if (instruction.op === 'constant') return instruction.value;
  if (instruction.op === 'select') return registers[instruction.c]! > 0 ? registers[instruction.a]! : registers[instruction.b]!;
  if ('b' in instruction) return binary[instruction.op](registers[instruction.a]!, registers[instruction.b]!);
  return unary[instruction.op](registers[instruction.a]!);
}

export const elementwise: ReferenceKernel<'elementwise'> = ({ inputs, outputs, attributes }) => {
  const { rows, columns, groups, broadcast, program, results } = attributes;
  const operands = inputs as Present;
  const registers = new Float64Array(operands.length + program.length);
  const rowsEach = rows / groups;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      operands.forEach((input, i) => {
        const how = broadcast[i];
        const from = how === 'scalar' ? 0 : how === 'row' ? Math.floor(row / rowsEach) : row;
        registers[i] = input.at(from, how === 'scalar' || how === 'column' ? 0 : column);
      });
      program.forEach((instruction, j) => {
        registers[operands.length + j] = evaluate(instruction, registers);
      });
      results.forEach((register, o) => {
        outputs[o]!.set(row, column, registers[register]!);
      });
    }
};
