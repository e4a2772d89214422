/**
 * Persistent tensors: weights, optimiser moments, replay pools, counters. They are created in groups; a group is one
 * contiguous block, so that an optimiser step or a target update is a single launch over the whole network.
 */

export interface Variable {
  readonly group: VariableGroup;
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Element offset in the group, a multiple of 64. */
  readonly offset: number;
}

/** Fills `target` with a variable's initial values. */
export type Initialiser = (target: Float32Array, rows: number, columns: number) => void;

const ALIGNMENT = 64;

export class VariableGroup {
  readonly #variables = new Map<string, Variable>();
  readonly #initial = new Map<string, Initialiser>();
  #values: Float32Array | null = null;
  #length = 0;

  constructor(readonly name: string) {}

  /** Elements of storage, padding between variables included. */
  get length(): number {
    return this.#length;
  }

  get variables(): readonly Variable[] {
    return [...this.#variables.values()];
  }

  /** Adds a variable of zeros, or of what `initialise` writes. Names are unique in the group. */
  add(name: string, rows: number, columns: number, initialise?: Initialiser): Variable {
    if (this.#variables.has(name)) throw new Error(`variable "${name}" is already in group "${this.name}"; use another name`);
    if (this.#values)
      throw new Error(`variable "${name}" came after the initial values of group "${this.name}" were drawn; add all first`);
    const variable: Variable = { group: this, name, rows, columns, offset: this.#length };
    this.#variables.set(name, variable);
    if (initialise) this.#initial.set(name, initialise);
    this.#length += Math.ceil((rows * columns) / ALIGNMENT) * ALIGNMENT;
    return variable;
  }

  get(name: string): Variable {
    const variable = this.#variables.get(name);
    if (!variable)
      throw new Error(`no variable "${name}" in group "${this.name}"; it holds ${[...this.#variables.keys()].join(', ')}`);
    return variable;
  }

  /**
   * A group of the same layout under another name: a target network (`copyValues`: the very same initial values),
   * moments (zeros).
   */
  like(name: string, copyValues = false): VariableGroup {
    const twin = new VariableGroup(name);
    for (const { name: own, rows, columns, offset } of this.#variables.values()) {
      const copy: Initialiser = (target) => target.set(this.#drawn().subarray(offset, offset + rows * columns));
      twin.add(own, rows, columns, copyValues ? copy : undefined);
    }
    return twin;
  }

  /**
   * The initial values of the whole block, a copy. Initialisers run once, in the order of `add`, so values depend on
   * the seed alone and asking again gives the same.
   */
  initialValues(): Float32Array {
    return this.#drawn().slice();
  }

  #drawn(): Float32Array {
    if (this.#values) return this.#values;
    const values = new Float32Array(this.#length);
    for (const v of this.#variables.values())
      this.#initial.get(v.name)?.(values.subarray(v.offset, v.offset + v.rows * v.columns), v.rows, v.columns);
    this.#values = values;
    return values;
  }
}
