import { describe, expect, test } from 'vitest';
import type { ParameterDefinition } from '../../engine/api/circuit';
import { parseParameter } from '../../engine/api/parameter-value';
import type { Terminal } from '../../engine/cli/command';
import { formatDuration } from '../../engine/cli/duration';
import { formatMeasure } from '../../engine/cli/format-measure';
import { ProgressLine } from '../../engine/cli/progress-line';
import { stopIfInterrupted } from '../../engine/cli/stop-if-interrupted';
import { formatTable } from '../../engine/cli/table';
import { measureTable } from '../../engine/cli/train/report';
import { nearest } from '../../engine/cli/usage-error';
import { divider } from '../circuit/divider';

const width: ParameterDefinition = {
  name: 'wn1',
  title: 'width of the pair',
  kind: 'width',
  unit: 'm',
  minimum: 0.5e-6,
  maximum: 100e-6,
  scale: 'log',
  initial: 88.76e-6,
  roles: ['input-pair'],
  polarity: 'n',
  devices: ['m1'],
};

describe('parseParameter', () => {
  test.each(['20', '20u', '20um', '20 µm', '2e1', '20e-6m', '0.02mm'])('%s is 20 micrometres', (given) => {
    expect(parseParameter(width, given)).toBeCloseTo(20e-6, 12);
  });

  test('the bounds are inside', () => {
    expect(parseParameter(width, '100')).toBe(100e-6);
    expect(parseParameter(width, '0.5u')).toBe(0.5e-6);
  });

  test.each(['', 'wide', '20pF', '101', '0.4', 'Infinity', 'NaN', '-20'])('%j is refused', (given) => {
    expect(() => parseParameter(width, given)).toThrow(/expected .*0\.5um to 100um/);
  });
});

test('nearest finds typing errors and beginnings, and nothing far away', () => {
  const known = ['two-stage-opamp', 'ldo', 'train'];
  expect(nearest('two-stage-opmap', known)).toBe('two-stage-opamp');
  expect(nearest('two', known)).toBe('two-stage-opamp');
  expect(nearest('Train', known)).toBe('train');
  expect(nearest('zzzzzz', known)).toBeNull();
});

test('a table aligns by characters, not by bytes', () => {
  const table = formatTable(
    [{ title: 'a' }, { title: 'b', align: 'right' }],
    [
      ['µA', '1'],
      ['x', '100'],
    ],
  );
  expect(table).toBe('a     b\n──  ───\nµA    1\nx   100\n');
});

test('durations', () => {
  expect([5, 250, 7500, Number.NaN].map(formatDuration)).toEqual(['5 s', '4 min 10 s', '2 h 5 min', '–']);
});

test('who counts on the way stops once Ctrl+C was pressed, and says how far it came', () => {
  const ctrlC = new AbortController();
  const terminal = { interrupted: ctrlC.signal } as Terminal;
  stopIfInterrupted(terminal, '11 simulations');
  ctrlC.abort();
  expect(() => stopIfInterrupted(terminal, '12 simulations')).toThrow(
    /^stopped after 12 simulations; expected .*same command again\.$/,
  );
});

describe('ProgressLine', () => {
  function record(live: boolean) {
    const written: string[] = [];
    let now = 0;
    const terminal: Terminal = {
      out: () => {},
      error: (text) => void written.push(text),
      live,
      columns: 30,
      interrupted: new AbortController().signal,
      now: () => now,
    };
    const pass = (milliseconds: number) => {
      now += milliseconds;
    };
    return { written, line: new ProgressLine(terminal), pass };
  }

  test('on a terminal it is redrawn in place and never wraps', () => {
    const { written, line, pass } = record(true);
    line.update(() => 'x'.repeat(100));
    line.update(() => 'too soon');
    pass(150);
    line.update(() => 'second');
    line.clear();
    expect(written).toEqual([`\r\u001b[2K${'x'.repeat(29)}`, '\r\u001b[2Ksecond', '\r\u001b[2K']);
  });

  test('elsewhere it is a plain line now and then', () => {
    const { written, line, pass } = record(false);
    line.update(() => 'too soon');
    pass(5000);
    line.update(() => 'first');
    pass(1000);
    line.note('an event');
    line.update(() => 'too soon again');
    pass(5000);
    line.update(() => 'second');
    line.clear();
    expect(written).toEqual(['first\n', 'an event\n', 'second\n']);
  });
});

test('a measure that misses its target does not look like it', () => {
  const current = { unit: 'A', direction: 'at-most', target: 400e-6 } as const;
  expect(formatMeasure(current, 400.02e-6)).toBe('400.02 µA');
  expect(formatMeasure(current, 399.98e-6)).toBe('400 µA');
  expect(formatMeasure(current, 500e-6)).toBe('500 µA');
  expect(formatMeasure(current, Number.NaN)).toBe('—');
});

test('an invalid sizing neither meets nor misses a spec', () => {
  const info = { ...divider, index: 0 };
  expect(measureTable(info, [2.9], [-1], false)).toMatch(/2\.900 V +≥ 2\.500 V +invalid/);
  expect(measureTable(info, [2.9], [0.1], true)).toMatch(/met$/m);
});
