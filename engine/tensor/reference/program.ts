import type { Program } from '../executor';
import type { Plan } from '../plan';
import { type Memory, matrixAt } from './matrix';

export class ReferenceProgram implements Program {
  readonly #memory: Memory;
  readonly #steps: readonly (() => void)[];

  constructor(
    readonly plan: Plan,
    memory: Memory,
    steps: readonly (() => void)[],
  ) {
    this.#memory = memory;
    this.#steps = steps;
  }

  /** Takes float64 values too. */
  write(input: string, values: ArrayLike<number>): void {
    const { plan } = this;
    const view = plan.inputs[input];
    if (!view) throw new Error(`plan "${plan.name}" has no input "${input}"; it has ${Object.keys(plan.inputs).join(', ')}`);
    const matrix = matrixAt(this.#memory, view);
    if (values.length !== matrix.length)
      throw new Error(
        `input "${input}" of plan "${plan.name}" is [${view.rows}, ${view.columns}], ${matrix.length} values; got ${values.length}`,
      );
    matrix.data.set(values, matrix.offset);
  }

  run(times = 1): void {
    for (let i = 0; i < times; i++) for (const step of this.#steps) step();
  }

  async read(output: string): Promise<Float32Array> {
    return Float32Array.from(this.readExact(output));
  }

  /** An output as it is held, in float64. */
  readExact(output: string): Float64Array {
    const { plan } = this;
    const view = plan.outputs[output];
    if (!view) throw new Error(`plan "${plan.name}" has no output "${output}"; it has ${Object.keys(plan.outputs).join(', ')}`);
    const matrix = matrixAt(this.#memory, view);
    return matrix.data.slice(matrix.offset, matrix.offset + matrix.length);
  }

  dispose(): void {}
}
