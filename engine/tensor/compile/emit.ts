import type { Node, Tensor } from '../graph';
import type { KernelName } from '../plan';
import { programOf } from './program';
import { arenaStorage, isContiguous, type Place, type Placement, type Storage } from './storage';
import type { Unit, Units } from './units';

/** A launch whose storages have no offsets yet. */
export interface Draft {
  readonly kernel: KernelName;
  readonly inputs: readonly (Place | null)[];
  readonly outputs: readonly (Place | null)[];
  readonly index: readonly Int32Array[];
  readonly attributes: object;
  readonly label: string;
}

export interface Drafts {
  readonly launches: Draft[];
  readonly outputs: Map<string, Place>;
}

/** Turns ordered units into launches. */
export function emit(units: Units, placement: Placement): Drafts {
  const launches: Draft[] = [];
  const outputs = new Map<string, Place>();
  for (const unit of units.ordered()) {
    if (unit.nodes[0]!.body.kind === 'elementwise') launches.push(elementwise(units, unit, placement));
    else for (const node of unit.nodes) emitNode(units, node, unit, placement, launches, outputs);
  }
  return { launches: withZeros(launches), outputs };
}

function elementwise(units: Units, unit: Unit, placement: Placement): Draft {
  const { attributes, inputs, outputs } = programOf(units, unit);
  const labels = [...new Set(unit.nodes.filter((node) => node.body.kind === 'elementwise').map((node) => node.label))];
  return {
    kernel: 'elementwise',
    inputs: inputs.map((input) => placement.placeOf(input)),
    outputs: outputs.map((output) => placement.placeOf(output)),
    index: [],
    attributes,
    label: labels.join('+'),
  };
}

/** Outputs that executors leave out where nothing reads them: gradients of what is not trained. */
const OPTIONAL: Readonly<Partial<Record<KernelName, readonly number[]>>> = {
  'rms-norm-backward': [1],
  'causal-conv-backward': [0, 1, 2],
  'selective-scan-backward': [0, 1, 2, 3, 4, 5, 6],
};

function emitNode(
  units: Units,
  node: Node,
  unit: Unit,
  placement: Placement,
  launches: Draft[],
  outputs: Map<string, Place>,
): void {
  const { body, label } = node;
  const place = (tensor: Tensor | null) => (tensor ? placement.placeOf(tensor) : null);
  switch (body.kind) {
    case 'kernel':
      launches.push({
        kernel: body.kernel,
        inputs: node.inputs.map(place),
        outputs: node.outputs.map((output, i) =>
          OPTIONAL[body.kernel]?.includes(i) && !units.readers.has(output) ? null : place(output),
        ),
        index: body.index,
        attributes: body.attributes,
        label,
      });
      return;
    case 'assemble': {
      const [whole] = node.outputs as readonly [Tensor];
      node.inputs.forEach((part, i) => {
        if (!placement.isAdopted(whole, i)) launches.push(copy(place(part)!, placement.partOf(whole, i), label));
      });
      return;
    }
    case 'variable':
      launches.push(copy(placement.variable(body.range), place(node.outputs[0]!)!, label));
      return;
    case 'assign':
      // Merged into its producer's unit, the producer already writes the variable.
      if (unit.nodes.length === 1) launches.push(copy(place(node.inputs[0]!)!, placement.variable(body.range), label));
      return;
    case 'scatter': {
      const pool = placement.variable(body.range);
      launches.push({
        kernel: 'scatter-elements',
        inputs: node.inputs.map(place),
        outputs: [pool],
        index: [body.triples],
        attributes: {},
        label,
      });
      return;
    }
    case 'adamw':
      launches.push({
        kernel: 'adamw',
        inputs: node.inputs.map(place),
        outputs: body.ranges.map((range) => placement.variable(range)),
        index: [],
        attributes: body.attributes,
        label,
      });
      return;
    case 'output':
      outputs.set(body.name, outputPlace(place(node.inputs[0]!)!, label, launches));
      return;
    default:
  }
}

/** Where the host reads an output: in place if it is scratch of this plan and contiguous, else in a copy. */
function outputPlace(value: Place, label: string, launches: Draft[]): Place {
  let at = value;
  if (value.storage.space !== 'arena' || !isContiguous(value)) {
    const { rows, columns } = value;
    at = { storage: arenaStorage(rows * columns), offset: 0, rows, columns, stride: columns };
    launches.push(copy(value, at, label));
  }
  if (at.storage.kept === 'while used') at.storage.kept = 'to the end';
  return at;
}

function copy(from: Place, to: Place, label: string): Draft {
  return { kernel: 'copy', inputs: [from], outputs: [to], index: [], attributes: {}, label };
}

/** Clears storages with gaps before their first part is written. */
function withZeros(launches: readonly Draft[]): Draft[] {
  const cleared = new Set<Storage>();
  const result: Draft[] = [];
  for (const launch of launches) {
    for (const place of [...launch.outputs, ...launch.inputs]) {
      if (!place?.storage.filled || cleared.has(place.storage)) continue;
      cleared.add(place.storage);
      result.push(clear(place.storage));
    }
    result.push(launch);
  }
  return result;
}

const ZERO: Storage = { space: 'constant', group: '', length: 1, values: new Float32Array(1), filled: false, kept: 'always' };

function clear(storage: Storage): Draft {
  const columns = storage.length;
  return {
    kernel: 'elementwise',
    inputs: [{ storage: ZERO, offset: 0, rows: 1, columns: 1, stride: 1 }],
    outputs: [{ storage, offset: 0, rows: 1, columns, stride: columns }],
    index: [],
    attributes: { rows: 1, columns, groups: 1, broadcast: ['scalar'], program: [], results: [0] },
    label: 'clear',
  };
}
