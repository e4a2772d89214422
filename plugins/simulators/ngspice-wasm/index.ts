import type { Plugin } from '../../../engine/api';

/** ngspice 45 in WebAssembly (eecircuit-engine): runs anywhere, reaches neither files nor network. */
export const plugin: Plugin = {
  id: 'simulators/ngspice-wasm',
  title: 'ngspice in WebAssembly',
  build(app) {
    app.addSimulator({
      id: 'ngspice-wasm',
      title: 'ngspice in WebAssembly',
      create: ({ host, ...options }) => host.ngspiceWasm(options),
    });
  },
};

export default plugin;
