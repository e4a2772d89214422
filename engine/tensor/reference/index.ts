import type { Executor } from '../executor';
import type { KernelName, Plan, View } from '../plan';
import type { VariableGroup } from '../variables';
import type { ReferenceKernel } from './kernel';
import { kernels } from './kernels';
import { listAt, type Memory, matrixAt } from './matrix';
import { ReferenceProgram } from './program';

/** Plain float64 loops: slow, obvious, and the judge of the other executors. */
export class ReferenceExecutor implements Executor {
  readonly kind = 'reference';
  readonly description = 'reference, float64 loops on one thread';
  readonly #groups = new Map<string, Float64Array>();

  allocate(group: VariableGroup): void {
    if (this.#groups.has(group.name))
      throw new Error(`variable group "${group.name}" is already allocated; release it first or use another name`);
    this.#groups.set(group.name, Float64Array.from(group.initialValues()));
  }

  release(groupName: string): void {
    this.#groups.delete(groupName);
  }

  prepare(plan: Plan): ReferenceProgram {
    for (const [name, length] of Object.entries(plan.groups)) {
      const found = this.#group(name).length;
      if (found !== length)
        throw new Error(`plan "${plan.name}" expects ${length} elements in group "${name}", but ${found} are allocated`);
    }
    const memory: Memory = {
      arena: new Float64Array(plan.arenaLength),
      constants: Float64Array.from(plan.constants),
      indices: plan.indices,
      variables: (name) => this.#group(name),
    };
    const matrix = (view: View | null) => (view ? matrixAt(memory, view) : null);
    const steps = plan.launches.map((launch) => {
      const operands = {
        inputs: launch.inputs.map(matrix),
        outputs: launch.outputs.map(matrix),
        index: launch.index.map((view) => listAt(memory, view)),
        attributes: launch.attributes,
      };
      // The table pairs each name with the kernel that takes its attributes.
      const kernel = kernels[launch.kernel] as ReferenceKernel<KernelName>;
      return () => kernel(operands);
    });
    return new ReferenceProgram(plan, memory, steps);
  }

  write(groupName: string, values: ArrayLike<number>, offset = 0): void {
    const data = this.#group(groupName);
    if (offset < 0 || offset + values.length > data.length)
      throw new Error(`group "${groupName}" holds ${data.length} elements; cannot write ${values.length} at ${offset}`);
    data.set(values, offset);
  }

  async read(groupName: string, offset = 0, length?: number): Promise<Float32Array> {
    return Float32Array.from(this.readExact(groupName, offset, length));
  }

  /** The values as they are held, in float64. */
  readExact(groupName: string, offset = 0, length?: number): Float64Array {
    const data = this.#group(groupName);
    const end = offset + (length ?? data.length - offset);
    if (offset < 0 || end > data.length || end < offset)
      throw new Error(`group "${groupName}" holds ${data.length} elements; cannot read ${offset} to ${end}`);
    return data.slice(offset, end);
  }

  dispose(): void {
    this.#groups.clear();
  }

  #group(name: string): Float64Array {
    const data = this.#groups.get(name);
    if (!data) throw new Error(`variable group "${name}" is not allocated; call allocate before it is used`);
    return data;
  }
}
