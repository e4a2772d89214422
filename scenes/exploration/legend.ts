/** A legend in words with a swatch each: colours side by side, or a ramp. */
import { element } from '../shell/dom';
import type { LegendEntry } from './tint';

export function legendNodes(entries: readonly LegendEntry[]): readonly Node[] {
  return entries.map(({ text, colors }) => {
    const swatch = element('i', { className: 'swatch', ariaHidden: 'true' });
    swatch.style.background = colors.length > 1 ? `linear-gradient(to right, ${colors.join()})` : colors[0];
    return element('span', { className: 'legend-entry' }, swatch, text);
  });
}
