import type { CircuitDefinition } from '../../engine/api';

/** The smallest circuit: simulates in well under a millisecond. */
export const divider: CircuitDefinition = {
  id: 'divider',
  title: 'Divider',
  description: 'Two resistors.',
  parameters: [
    {
      name: 'r',
      title: 'Lower resistor',
      kind: 'resistance',
      unit: 'ohm',
      minimum: 100,
      maximum: 1e5,
      scale: 'log',
      initial: 2000,
      roles: ['load'],
      polarity: 'none',
      devices: ['r2'],
    },
  ],
  specs: [
    {
      name: 'level',
      title: 'Level',
      kind: 'other',
      unit: 'V',
      direction: 'at-least',
      target: 2.5,
      range: { easy: 1, hard: 2.9 },
      transform: { scale: 'linear', center: 1.5, spread: 1 },
    },
  ],
  process: { library: 'none', supply: 3, temperature: 27 },
  netlist: 'v1 a 0 {supply}\nr1 a b 1k\nr2 b 0 {r}',
  analyses: [{ id: 'op', kind: 'op', save: ['v(b)'] }],
  measures: { level: { use: 'value', analysis: 'op', output: 'v(b)' } },
};
