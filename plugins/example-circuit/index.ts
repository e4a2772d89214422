import type { Plugin } from '../../engine/api';
import { commonSource } from './circuit';

export const plugin: Plugin = {
  id: 'example-circuit',
  title: 'Common-source stage (example)',
  version: '1.0.0',
  build(app) {
    app.addCircuit(commonSource);
  },
};

export default plugin;
