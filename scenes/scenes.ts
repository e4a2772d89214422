/** Every scene of the page. One line registers one. */
import { benchScene } from './bench/bench-scene';
import { circuitsScene } from './circuits/circuits-scene';
import { entitiesScene } from './entities/entities-scene';
import { eventsScene } from './events/events-scene';
import { explorationScene } from './exploration/exploration-scene';
import { headlineScene } from './headline/headline-scene';
import { imaginedScene } from './imagined/imagined-scene';
import { inspectorScene } from './inspector/inspector-scene';
import { lensScene } from './lens/lens-scene';
import { pluginsScene } from './plugins/plugins-scene';
import { runsScene } from './runs/runs-scene';
import type { SceneDefinition } from './shell/scene';
import { timelineScene } from './timeline/timeline-scene';
import { trainingScene } from './training/training-scene';
import { wallScene } from './wall/wall-scene';

export const SCENES: readonly SceneDefinition[] = [
  headlineScene,
  wallScene,
  trainingScene,
  explorationScene,
  imaginedScene,
  lensScene,
  benchScene,
  circuitsScene,
  inspectorScene,
  entitiesScene,
  eventsScene,
  timelineScene,
  runsScene,
  pluginsScene,
];
