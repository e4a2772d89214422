/** What was chosen inside of scenes, as it stands in the address. */
import type { Studio } from './scene';
import type { Look } from './view-state';

/** Chooses. @param usual what is so without being chosen: it need not stand in the address */
export function changeLook({ view }: Studio, change: Look, usual: Look): void {
  const all = Object.entries({ ...view.value.look, ...change });
  const look = Object.fromEntries(all.filter(([name, value]) => !(name in change && usual[name] === value)));
  view.set({ ...view.value, look });
}

/** Calls back when what was chosen inside of scenes changes. */
export function watchLook(studio: Studio, changed: () => void): () => void {
  let seen = JSON.stringify(studio.view.value.look);
  return studio.view.subscribe(({ look }) => {
    const text = JSON.stringify(look);
    if (text === seen) return;
    seen = text;
    changed();
  });
}
