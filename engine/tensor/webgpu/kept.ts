import type { IndexView, Launch, View } from '../plan';
import type { Lowering } from './dispatch';
import { overlaps } from './fuse/tensors';

/** `Lowering.kept` of a plan: pairs each backward scan with the last forward one of the same values. */
export function keptFor(launches: readonly Launch[]): Lowering['kept'] {
  const pairs = new Map<Launch, Launch>();
  launches.forEach((backward, m) => {
    if (backward.kernel !== 'selective-scan-backward') return;
    const key = valuesOf(backward);
    const l = launches.findLastIndex((launch, i) => i < m && launch.kernel === 'selective-scan' && valuesOf(launch) === key);
    const read = backward.inputs.slice(0, 4);
    // A place may hold other values by now.
    const written = launches.slice(l + 1, m).flatMap(({ outputs }) => outputs);
    if (l >= 0 && !written.some((view) => view && read.some((input) => input && shares(view, input))))
      pairs.set(launches[l]!, backward);
  });
  const kept = new Map<Launch, View>();
  return (launch, make) => {
    const backward = pairs.get(launch);
    if (backward && make) kept.set(backward, make());
    return kept.get(backward ?? launch) ?? null;
  };
}

/** The states of a scan depend on these. */
function valuesOf({ inputs, index }: Launch): string {
  const place = (view: View | null | undefined) =>
    view && `${view.space}:${view.group}:${view.offset}:${view.rows}:${view.columns}:${view.stride}`;
  const list = ({ offset, length }: IndexView) => `${offset}:${length}`;
  return [...inputs.slice(0, 4).map(place), ...index.map(list)].join();
}

function shares(a: View, b: View): boolean {
  return a.space === b.space && a.group === b.group && overlaps(a, b);
}
