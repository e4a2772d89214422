import type { Plugin } from '../../../engine/api';
import { twoStageOpamp } from './definition';

export { twoStageOpamp };

export const plugin: Plugin = {
  id: 'circuits/two-stage-opamp',
  title: 'Two-stage op-amp (GF180MCU)',
  build(app) {
    app.addCircuit(twoStageOpamp);
  },
};

export default plugin;
