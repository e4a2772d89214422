import type { OpenEngine } from './live-source';

/** The engine in a module worker of its own. */
export const openEngine: OpenEngine = () => {
  throw new Error('The engine worker is not part of this build yet.');
};
