import type { SpecDefinition, SpecKind } from '../../engine/api/circuit';

/** What the field calls a spec where there is room for a few letters only. */
const SHORT: Partial<Readonly<Record<SpecKind, string>>> = {
  gain: 'Gain',
  bandwidth: 'UGF',
  'phase-margin': 'PM',
  current: 'Current',
  power: 'Power',
  swing: 'Swing',
  settling: 'Settling',
  slew: 'Slew',
  delay: 'Delay',
  charge: 'Charge',
  energy: 'Energy',
  dropout: 'Dropout',
  offset: 'Offset',
  noise: 'Noise',
};

/** Short names of a circuit's specs; where two of a kind would read the same, their own names tell them apart. */
export function shortNames(specs: readonly SpecDefinition[]): readonly string[] {
  return specs.map((spec) => {
    const short = SHORT[spec.kind];
    const alone = specs.filter((other) => other.kind === spec.kind).length === 1;
    return short !== undefined && alone ? short : spec.name;
  });
}
