/** What came of the sizing: in a line, and each measure against its target. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import { formatReward } from '../format/engineering';
import { element, setText } from '../shell/dom';
import { createSpecRows } from '../shell/spec-rows';
import type { Trial } from './workbench';
import { faultOf } from './workbench';

export function createOutcome() {
  const status = element('p', { className: 'bench-status', role: 'status' });
  const box = element('div', {});
  let of: CircuitInfo | null = null;
  let rows: ReturnType<typeof createSpecRows> | null = null;

  function say(level: 'met' | 'missed' | 'error' | null, text: string): void {
    if (level === null) delete status.dataset.level;
    else status.dataset.level = level;
    setText(status, text);
  }

  /** Another circuit. */
  function begin(info: CircuitInfo): void {
    of = info;
    rows = createSpecRows(info, 'Measured');
    box.replaceChildren(rows.root);
    show(null);
  }

  function show(result: Trial | null): void {
    const fault = result && faultOf(result);
    if (result === null) say(null, '');
    else if (fault !== null) say('error', fault);
    else say(result.answer.met ? 'met' : 'missed', inWords(result));
    rows?.show(
      (of?.specs ?? []).map(({ target }, s) => ({
        target,
        measured: result?.answer.evaluation.measures[s] ?? Number.NaN,
        distance: result === null || fault !== null ? Number.NaN : result.answer.distances[s],
      })),
    );
  }

  return { status, specs: box, begin, show, failed: (why: string) => say('error', why) };
}

function inWords({ answer: { met, reward, evaluation } }: Trial): string {
  const targets = met ? 'All targets met' : 'Not all targets met';
  return `${targets} · reward ${formatReward(reward)} · ${Math.round(evaluation.milliseconds)} ms`;
}
