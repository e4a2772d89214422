import type { Plugin } from '../../../engine/api';
import { strongarmComparator } from './definition';

export { strongarmComparator };

export const plugin: Plugin = {
  id: 'circuits/strongarm-comparator',
  title: 'StrongARM comparator (GF180MCU)',
  build(app) {
    app.addCircuit(strongarmComparator);
  },
};

export default plugin;
