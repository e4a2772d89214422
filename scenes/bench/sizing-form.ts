/** Sliders and numbers of a sizing: each change is told at once. */
import { parseQuantity } from '../../engine/api';
import type { CircuitInfo } from '../../engine/api/circuit-info';
import { physicalValue, positionInRange } from '../format/distance';
import { formatQuantity } from '../format/engineering';
import { element } from '../shell/dom';
import { onGrid } from './subject';

const STEPS = 500;

export interface SizingForm {
  readonly root: HTMLElement;
  show(parameters: ArrayLike<number>): void;
}

export function createSizingForm(info: CircuitInfo, changed: (p: number, value: number) => void): SizingForm {
  const rows = info.parameters.map((parameter, p) => {
    const { minimum, maximum, unit, grid } = parameter;
    const range = `${formatQuantity(minimum, unit)} to ${formatQuantity(maximum, unit)}, ${parameter.scale}`;
    const slider = element('input', {
      type: 'range',
      min: '0',
      max: String(STEPS),
      ariaLabel: `${parameter.title} (${parameter.name})`,
      title: range,
      dataset: { parameter: parameter.name },
      oninput: () => set(physicalValue(parameter, Number(slider.value) / STEPS)),
    });
    const text = element('input', {
      type: 'text',
      className: 'number',
      ariaLabel: `${parameter.title}, value`,
      title: range,
      spellcheck: false,
    });
    const set = (value: number) => changed(p, Math.min(maximum, Math.max(minimum, onGrid(value, grid))));
    text.onchange = () => {
      const value = parseTyped(text.value, unit);
      text.ariaInvalid = String(Number.isNaN(value));
      if (!Number.isNaN(value)) set(value);
    };
    const root = element(
      'tr',
      {},
      element('th', { scope: 'row', title: parameter.title }, element('code', {}, parameter.name), ` ${parameter.title}`),
      element('td', { className: 'sizing-slider' }, slider),
      element('td', {}, text),
    );
    return { root, slider, text, parameter };
  });
  return {
    root: element(
      'table',
      { className: 'specs sizing' },
      element('caption', { className: 'visually-hidden' }, 'Sizing'),
      element('tbody', {}, ...rows.map((row) => row.root)),
    ),
    show(parameters) {
      rows.forEach(({ slider, text, parameter }, p) => {
        const { minimum, maximum, scale, unit } = parameter;
        // A slider that is being dragged stays where the hand is.
        if (document.activeElement !== slider)
          slider.value = String(STEPS * positionInRange(parameters[p], minimum, maximum, scale));
        if (document.activeElement !== text) text.value = formatQuantity(parameters[p], unit);
      });
    },
  };
}

/** What a person typed: `20u`, `20 µm`, `1.5 pF`. NaN where it is no such number. */
export function parseTyped(text: string, unit: string): number {
  try {
    return parseQuantity(text.replaceAll('−', '-').replace('Ω', 'ohm'), unit);
  } catch {
    return Number.NaN;
  }
}
