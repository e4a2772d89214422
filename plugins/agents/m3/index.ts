import {
  type AgentDefinition,
  defaultHyperParameters,
  type HyperParameters,
  hyperParameterRanges,
  type Plugin,
} from '../../../engine/api';

const m3: AgentDefinition<HyperParameters> = {
  id: 'm3',
  title: 'M3: Mamba-based, model-based',
  defaults: defaultHyperParameters,
  ranges: hyperParameterRanges,
  structural: ['transformer', 'modelBased', 'width', 'state', 'layers', 'members', 'realCapacity', 'syntheticCapacity'],
  create(context, hyper) {
    if (!context.learn)
      throw new Error('agent m3 needs the learning machinery; start the engine with an executor (wasm, webgpu or reference)');
    return context.learn.createModelBasedAgent(context, hyper);
  },
};

/** The agent that the project is about; what it does is in engine/learn. */
export const plugin: Plugin = {
  id: 'agents/m3',
  title: 'M3 agent',
  build(app) {
    app.addAgent(m3);
  },
};

export default plugin;
