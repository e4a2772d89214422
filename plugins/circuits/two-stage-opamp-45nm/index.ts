import type { Plugin } from '../../../engine/api';
import { twoStageOpamp45nm } from './definition';

export { twoStageOpamp45nm };

export const plugin: Plugin = {
  id: 'circuits/two-stage-opamp-45nm',
  title: 'Two-stage op-amp (FreePDK45)',
  build(app) {
    app.addCircuit(twoStageOpamp45nm);
  },
};

export default plugin;
