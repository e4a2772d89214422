import type { Plugin } from '../../../engine/api';
import { cascodeMillerOpamp } from './definition';

export { cascodeMillerOpamp };

export const plugin: Plugin = {
  id: 'circuits/cascode-miller-opamp',
  title: 'Cascode-Miller op-amp (GF180MCU)',
  build(app) {
    app.addCircuit(cascodeMillerOpamp);
  },
};

export default plugin;
