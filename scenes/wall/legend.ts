/** What colours and shapes of the wall mean, in one line under it. */
import { element } from '../shell/dom';

export function createLegend(): HTMLElement {
  const entry = (swatch: string, text: string) =>
    element('span', { className: 'legend-entry' }, element('i', { className: `swatch ${swatch}`, ariaHidden: 'true' }), text);
  return element(
    'div',
    { className: 'wall-legend' },
    entry('swatch-hold', 'target holds'),
    entry('swatch-miss', 'target missed'),
    entry('swatch-target', 'target, ½×, 2×'),
    entry('state-met', 'all met'),
    entry('state-simulating', 'simulating'),
    entry('state-idle', 'idle'),
    entry('state-failed', 'failed'),
    entry('state-invalid', 'invalid'),
    entry('alarm-nan', 'NaN'),
    entry('alarm-stalled', 'stalled'),
    entry('swatch-ramp', 'worst spec, far to near'),
  );
}
