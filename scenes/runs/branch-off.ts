/** Leads from a run that is looked at to a branch of it, or on with it. Another run in this page means another start. */
import { messageOf } from '../../engine/api';
import type { Studio } from '../shell/scene';
import { formatView } from '../shell/view-state';
import { askToBranch } from './dialogs';

/** Opens the page anew on a run that goes on from where it was left. */
export function goOnWith(
  studio: Studio,
  run: string,
  view: { readonly scene?: string; readonly look?: Readonly<Record<string, string>> } = {},
): void {
  const { look, ...rest } = view;
  const here = studio.view.value;
  const there = { ...here, run, recorded: null, time: null, selected: null, brush: [], circuit: null };
  location.assign(`${location.pathname}${formatView({ ...there, ...rest, look: { ...here.look, ...look } })}`);
}

/** Asks what a branch of a run is to change, and goes on with it; both stand side by side then. @param run null: the one that goes on */
export async function branchOff(studio: Studio, run: string | null): Promise<void> {
  const looked = run === (studio.recorded.value?.listing.id ?? null);
  const tick = looked ? (studio.time.value ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  try {
    const recorded = await studio.ask('recorded-run', { run });
    askToBranch(studio, recorded, tick, (branch) =>
      goOnWith(studio, branch, { scene: 'runs', look: { compare: recorded.listing.id, with: branch } }),
    );
  } catch (error) {
    studio.report({
      id: 'branch',
      level: 'warning',
      title: `Nothing can branch off here: ${messageOf(error)}`,
      remedy: 'Show runs lists those that are recorded in this browser.',
    });
  }
}
