/** The bridge to TensorFlow.js, for plugins and for analysis beside the training. Import it on demand only. */
export { type OpenedLibrary, openLibrary, type TensorLibrary } from './library';
export { viewGroup } from './view-group';
