import type { Plugin } from '../../../engine/api';
import { currentMirrorOta } from './definition';

export { currentMirrorOta };

export const plugin: Plugin = {
  id: 'circuits/current-mirror-ota',
  title: 'Current-mirror OTA (GF180MCU)',
  build(app) {
    app.addCircuit(currentMirrorOta);
  },
};

export default plugin;
