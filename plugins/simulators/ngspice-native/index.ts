import { OhmbaError, type Plugin } from '../../../engine/api';

/** The system's ngspice as a process: the judge of the WebAssembly one. */
export const plugin: Plugin = {
  id: 'simulators/ngspice-native',
  title: 'ngspice of the system',
  build(app) {
    app.addSimulator({
      id: 'ngspice-native',
      title: 'ngspice of the system',
      create({ host, ...options }) {
        if (host.ngspiceNative) return host.ngspiceNative(options);
        throw new OhmbaError({
          what: 'the simulator ngspice-native was chosen in a browser',
          expected: 'Node and an installed ngspice',
          todo: 'choose ngspice-wasm',
        });
      },
    });
  },
};

export default plugin;
