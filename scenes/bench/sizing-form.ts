/** Sliders and numbers of a sizing: each change is told at once; what cannot be simulated is not taken, and why is said. */
import { OhmbaError } from '../../engine/api';
import type { ParameterDefinition } from '../../engine/api/circuit';
import type { CircuitInfo } from '../../engine/api/circuit-info';
import { onGrid, toPhysical, toUnit } from '../../engine/api/parameter-space';
import { parseParameter } from '../../engine/api/parameter-value';
import { formatQuantity } from '../format/engineering';
import { element, setText } from '../shell/dom';

const STEPS = 500;

export interface SizingForm {
  readonly root: HTMLElement;
  show(parameters: ArrayLike<number>): void;
}

export function createSizingForm(info: CircuitInfo, changed: (p: number, value: number) => void): SizingForm {
  const fault = element('p', { className: 'sizing-fault', role: 'alert' });
  const rows = info.parameters.map((parameter, p) =>
    createRow(
      parameter,
      (value) => changed(p, value),
      (text) => setText(fault, text),
    ),
  );
  return {
    root: element(
      'div',
      {},
      element(
        'table',
        { className: 'specs sizing' },
        element('caption', { className: 'visually-hidden' }, 'Sizing'),
        element('tbody', {}, ...rows.map((row) => row.root)),
      ),
      fault,
    ),
    show(parameters) {
      setText(fault, '');
      rows.forEach((row, p) => {
        row.show(parameters[p]);
      });
    },
  };
}

function createRow(parameter: ParameterDefinition, changed: (value: number) => void, refused: (why: string) => void) {
  const { minimum, maximum, unit } = parameter;
  const range = `${formatQuantity(minimum, unit)} to ${formatQuantity(maximum, unit)}, ${parameter.scale}`;
  /** The present value as it stands in the field. */
  let written = '';
  const slider = element('input', {
    type: 'range',
    min: '0',
    max: String(STEPS),
    ariaLabel: `${parameter.title} (${parameter.name})`,
    title: range,
    dataset: { parameter: parameter.name },
    oninput: () => changed(toPhysical(parameter, Number(slider.value) / STEPS)),
  });
  const field = element('input', {
    type: 'text',
    className: 'number',
    ariaLabel: `${parameter.title}, value`,
    title: range,
    spellcheck: false,
    onchange: take,
    onblur: write,
  });

  function take(): void {
    // Three digits are shown: read back, they would be another value.
    if (field.value === written) return;
    try {
      changed(parseTyped(parameter, field.value));
      write();
    } catch (error) {
      if (!(error instanceof OhmbaError)) throw error;
      field.ariaInvalid = 'true';
      refused(`${error.what}; expected ${error.expected}. It stays at ${written}.`);
    }
  }

  function write(): void {
    field.value = written;
    field.ariaInvalid = 'false';
  }

  return {
    root: element(
      'tr',
      {},
      element('th', { scope: 'row', title: parameter.title }, element('code', {}, parameter.name), ` ${parameter.title}`),
      element('td', { className: 'sizing-slider' }, slider),
      element('td', {}, field),
    ),
    show(value: number) {
      written = formatQuantity(value, unit);
      slider.ariaValueText = written;
      // A slider that is being dragged stays where the hand is, a number that is being typed as it is.
      if (document.activeElement !== slider) slider.value = String(STEPS * toUnit(parameter, value));
      if (document.activeElement !== field) write();
    },
  };
}

/**
 * What a person typed, as the command line reads it (`20` is 20 µm), with the signs that this page writes; on the grid.
 * @throws OhmbaError where it is no number or lies outside the range
 */
export function parseTyped(parameter: ParameterDefinition, text: string): number {
  return onGrid(parameter, parseParameter(parameter, text.replaceAll('−', '-').replace('Ω', 'ohm')));
}
