/** What colours and shapes of the wall mean, in one line under it. */
import { element } from '../shell/dom';

export function createLegend(): HTMLElement {
  const entry = (swatch: string, text: string) =>
    element('span', { className: 'legend-entry' }, element('i', { className: `swatch ${swatch}`, ariaHidden: 'true' }), text);
  return element(
    'div',
    { className: 'wall-legend' },
    entry('swatch-hold', 'target holds, by how much'),
    entry('swatch-miss', 'target missed, by how much'),
    entry('swatch-target', 'target; ticks at ½× and 2×'),
    entry('state-met', 'all met'),
    entry('state-simulating', 'simulating'),
    entry('state-idle', 'idle'),
    entry('state-failed', 'simulation failed'),
    entry('state-invalid', 'invalid operating point'),
    entry('swatch-ramp', 'far → near'),
  );
}
