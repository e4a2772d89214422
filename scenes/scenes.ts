/** Every scene of the page. One line registers one. */
import { benchScene } from './bench/bench-scene';
import { circuitsScene } from './circuits/circuits-scene';
import { eventsScene } from './events/events-scene';
import { headlineScene } from './headline/headline-scene';
import { inspectorScene } from './inspector/inspector-scene';
import type { SceneDefinition } from './shell/scene';
import { trainingScene } from './training/training-scene';
import { wallScene } from './wall/wall-scene';

export const SCENES: readonly SceneDefinition[] = [
  headlineScene,
  wallScene,
  trainingScene,
  benchScene,
  circuitsScene,
  inspectorScene,
  eventsScene,
];
