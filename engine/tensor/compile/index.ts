import type { Graph, Tensor, VariableRange } from '../graph';
import type { Launch, Plan, View } from '../plan';
import { emit } from './emit';
import { forwardAssignments, fuseElementwise } from './fuse';
import { layOut } from './layout';
import { type Place, Placement } from './storage';
import { liveNodes, Units } from './units';

export interface CompileOptions {
  /** False gives one launch for each node, for tests and for reading plans. */
  readonly fuse?: boolean;
}

/**
 * Turns a traced graph into a plan: drops what no output or effect needs, fuses elementwise nodes, lets producers
 * write straight into concatenations and variables, orders launches and packs scratch by lifetime.
 */
export function compile(graph: Graph, options: CompileOptions = {}): Plan {
  const { fuse = true } = options;
  const units = new Units(liveNodes(graph.nodes));
  let forwarded = new Map<Tensor, VariableRange>();
  if (fuse) {
    fuseElementwise(units);
    forwarded = forwardAssignments(units);
  }
  const placement = new Placement(units, forwarded);
  const inputs = new Map<string, Place>();
  for (const node of graph.nodes) if (node.body.kind === 'input') inputs.set(node.body.name, placement.placeOf(node.outputs[0]!));
  const drafts = emit(units, placement);
  const layout = layOut(drafts, [...inputs.values()]);

  const view = ({ storage, offset, rows, columns, stride }: Place): View => ({
    space: storage.space,
    group: storage.group,
    offset: offset + (layout.offsets.get(storage) ?? 0),
    rows,
    columns,
    stride,
  });
  const optional = (place: Place | null) => (place ? view(place) : null);
  const launches = drafts.launches.map(({ kernel, attributes, label, ...draft }) => {
    const index = draft.index.map((list) => ({ offset: layout.lists.get(list)!, length: list.length }));
    // Ops give each kernel the attributes of its type.
    return {
      kernel,
      inputs: draft.inputs.map(optional),
      outputs: draft.outputs.map(optional),
      index,
      attributes,
      label,
    } as Launch;
  });
  const named = (places: ReadonlyMap<string, Place>) =>
    Object.fromEntries([...places].map(([name, place]) => [name, view(place)]));
  return {
    name: graph.name,
    launches,
    arenaLength: layout.arenaLength,
    lifetimes: layout.lifetimes,
    constants: layout.constants,
    indices: layout.indices,
    inputs: named(inputs),
    outputs: named(drafts.outputs),
    groups: placement.groups(),
  };
}
