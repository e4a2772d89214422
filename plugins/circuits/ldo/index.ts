import type { Plugin } from '../../../engine/api';
import { ldo } from './definition';

export { ldo };

export const plugin: Plugin = {
  id: 'circuits/ldo',
  title: 'Low-dropout regulator (GF180MCU)',
  build(app) {
    app.addCircuit(ldo);
  },
};

export default plugin;
