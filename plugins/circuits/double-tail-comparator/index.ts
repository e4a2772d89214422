import type { Plugin } from '../../../engine/api';
import { doubleTailComparator } from './definition';

export { doubleTailComparator };

export const plugin: Plugin = {
  id: 'circuits/double-tail-comparator',
  title: 'Double-tail comparator (GF180MCU)',
  build(app) {
    app.addCircuit(doubleTailComparator);
  },
};

export default plugin;
