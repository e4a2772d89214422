import type { ViewState } from '../shell/view-state';
import type { SnapshotSource } from './source';

export function createLiveSource(_view: ViewState): SnapshotSource {
  throw new Error('not yet');
}
