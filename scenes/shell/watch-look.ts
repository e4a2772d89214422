/** What was chosen inside of scenes stands in the address; this tells when it changes. */
import type { Studio } from './scene';

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
