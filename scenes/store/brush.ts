/**
 * What is filtered: ranges over axes, per circuit. An axis is `p.NAME` (a parameter, physical), `m.NAME` (a measure, raw)
 * or `reward`; both ends belong to the range. A point passes where every brushed axis holds it.
 */
export interface Brush {
  readonly circuit: string;
  readonly axis: string;
  readonly low: number;
  readonly high: number;
}

export type Brushes = readonly Brush[];

export function brushesOf(brushes: Brushes, circuit: string): Brushes {
  return brushes.filter((brush) => brush.circuit === circuit);
}

/** The brushes with one axis changed; `range` null lets it go. */
export function withBrush(
  brushes: Brushes,
  circuit: string,
  axis: string,
  range: { readonly low: number; readonly high: number } | null,
): Brushes {
  const others = brushes.filter((brush) => brush.circuit !== circuit || brush.axis !== axis);
  return range === null ? others : [...others, { circuit, axis, low: range.low, high: range.high }];
}

const AXIS = /^(?:[pm]\.[A-Za-z0-9_-]+|reward)$/;

/** As the address writes it: `two-stage-opamp~p.wn1~1e-6~5e-6`, one after the other with commas between. */
export function formatBrushes(brushes: Brushes): string {
  return brushes.map(({ circuit, axis, low, high }) => `${circuit}~${axis}~${low}~${high}`).join(',');
}

/** Undefined where any of them is not understood. */
export function parseBrushes(text: string): Brushes | undefined {
  const brushes: Brush[] = [];
  for (const part of text.split(',')) {
    const [circuit, axis, low, high, ...rest] = part.split('~');
    const range = { low: Number(low), high: Number(high) };
    const sound = /^[a-z0-9][a-z0-9-]*$/.test(circuit) && AXIS.test(axis ?? '') && low !== '' && high !== '';
    if (!sound || rest.length > 0 || !(range.low <= range.high)) return undefined;
    brushes.push({ circuit, axis, ...range });
  }
  return brushes;
}
