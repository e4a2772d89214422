/** What comes next as the agent sees it: the policy's distribution over each parameter, and what is expected of its mean. */

import type { CircuitInfo } from '../../engine/api/circuit-info';
import { distanceToSpec } from '../../engine/api/distance';
import { fromZ } from '../../engine/api/measure-transform';
import type { LensAnswer } from '../../engine/api/questions';
import { physicalValue } from '../format/distance';
import { formatPercent, formatQuantity } from '../format/engineering';
import { element } from '../shell/dom';

/** Fractions of the mass left of the marks: about one deviation to either side, and the middle. */
const DEVIATIONS = [-1, 0, 1] as const;

export function createOutlook() {
  const policy = element('table', { className: 'specs lens-policy' });
  const expected = element('table', { className: 'specs' });
  const root = element('div', { className: 'lens-outlook' }, policy, expected);

  function show(info: CircuitInfo, { u, z, valid, insight, target }: LensAnswer): void {
    policy.replaceChildren(
      element('caption', {}, 'Policy: the step it would take, ± one deviation'),
      head('Parameter', 'Now', 'Next', 'Step −1 … 1'),
      element(
        'tbody',
        {},
        ...info.parameters.map((parameter, p) => {
          const [low, middle, high] = DEVIATIONS.map((k) => Math.tanh(insight.mean[p] + k * Math.exp(insight.logStd[p])));
          const band = element('i', { className: 'step-band' });
          band.style.left = `${50 + 50 * low}%`;
          band.style.width = `${Math.max(1, 50 * (high - low))}%`;
          const mark = element('i', { className: 'step-mark' });
          mark.style.left = `${50 + 50 * middle}%`;
          const bar = element(
            'span',
            { className: 'step-bar', title: `${middle.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})` },
            band,
            mark,
          );
          return row(
            parameter.title,
            formatQuantity(physicalValue(parameter, u[p]), parameter.unit),
            formatQuantity(physicalValue(parameter, insight.next[p]), parameter.unit),
            bar,
          );
        }),
      ),
    );
    const { predicted } = insight;
    expected.replaceChildren(
      element(
        'caption',
        {},
        predicted
          ? `Expected of it; valid: ${formatPercent(predicted.validity)}`
          : 'Measured now; nothing is expected: the agent has no neural simulator',
      ),
      head('Spec', 'Target', 'Now', 'Expected'),
      element(
        'tbody',
        {},
        ...info.specs.map((spec, s) => {
          const now = valid ? formatQuantity(fromZ(spec.transform, z[s]), spec.unit) : 'invalid';
          const sign = spec.direction === 'at-least' ? '≥' : '≤';
          const aim = `${sign} ${formatQuantity(target[s], spec.unit)}`;
          if (!predicted) return row(spec.title, aim, now, '');
          const believed = fromZ(spec.transform, predicted.z[s]);
          const ends = [-1, 1].map((k) => fromZ(spec.transform, predicted.z[s] + k * predicted.spread[s]));
          const holds = distanceToSpec(spec, believed, target[s]) >= 0;
          const told = element(
            'span',
            {
              className: 'expected',
              title: ends.map((end) => formatQuantity(end, spec.unit)).join(' to '),
              dataset: { state: holds ? 'hold' : 'miss' },
            },
            `${holds ? '✓' : '✗'} ${formatQuantity(believed, spec.unit)}`,
          );
          const line = row(spec.title, aim, now, told);
          line.dataset.state = valid && distanceToSpec(spec, fromZ(spec.transform, z[s]), target[s]) >= 0 ? 'hold' : 'miss';
          return line;
        }),
      ),
    );
  }
  return { root, show };
}

function head(...texts: readonly string[]): HTMLElement {
  return element('thead', {}, element('tr', {}, ...texts.map((text) => element('th', { scope: 'col' }, text))));
}

function row(name: string, ...cells: readonly (Node | string)[]): HTMLTableRowElement {
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, name),
    ...cells.map((cell) => element('td', { className: 'number' }, cell)),
  );
}
