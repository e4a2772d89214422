import type { Plugin } from '../../../engine/api';
import { foldedCascodeOta } from './definition';

export { foldedCascodeOta };

export const plugin: Plugin = {
  id: 'circuits/folded-cascode-ota',
  title: 'Folded-cascode OTA (GF180MCU)',
  build(app) {
    app.addCircuit(foldedCascodeOta);
  },
};

export default plugin;
