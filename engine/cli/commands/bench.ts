import { type Bench, benchOptions } from '../bench/bench';
import { curves } from '../bench/curves';
import { record } from '../bench/record';
import { scan } from '../bench/scan';
import { simulate } from '../bench/simulate';
import { store } from '../bench/store';
import { tick } from '../bench/tick';
import { update } from '../bench/update';
import { find } from '../catalogue';
import { defineCommand } from '../command';
import { usageError } from '../usage-error';

const BENCHES: ReadonlyMap<string, Bench> = new Map(Object.entries({ update, scan, simulate, tick, curves, store, record }));

export const bench = defineCommand({
  name: 'bench',
  usage: 'bench [update | scan | simulate [CIRCUIT…] | tick [CIRCUIT] | curves | store | record [CIRCUIT]] [options]',
  summary:
    'M3 updates a second, or the selective scan on WebGPU, beside PyTorch; or milliseconds a full simulation, or a tick by phase; the run store, and what recording costs a training',
  options: benchOptions,
  async run([what = 'update', ...circuits], values, terminal) {
    const found = find('benchmark', BENCHES, what);
    const extra = circuits[found.circuits];
    if (extra !== undefined) throw usageError(`bench was given "${extra}" too`, 'one benchmark', 'leave it out');
    return found.run(circuits, values, terminal);
  },
});
