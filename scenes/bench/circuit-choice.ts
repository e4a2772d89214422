/** Which circuit is on the bench: a list where there are several, and a command for each of them. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import { element } from '../shell/dom';
import type { Studio } from '../shell/scene';

export interface CircuitChoice {
  readonly root: HTMLElement;
  show(info: CircuitInfo): void;
  dispose(): void;
}

export function createCircuitChoice(studio: Studio, choose: (info: CircuitInfo) => void): CircuitChoice {
  const select = element('select', {
    className: 'bench-choice',
    ariaLabel: 'Circuit on the bench',
    onchange: () => {
      const info = circuits().find(({ id }) => id === select.value);
      if (info) choose(info);
    },
  });
  const circuits = () => studio.catalogue.value?.circuits ?? [];
  let shown = '';
  let withdraw = () => {};

  function fill(): void {
    select.replaceChildren(...circuits().map(({ id, title }) => element('option', { value: id }, title)));
    select.value = shown;
    select.hidden = circuits().length < 2;
    withdraw();
    withdraw = studio.commands.register(
      circuits().map((info) => ({
        id: `bench.circuit.${info.id}`,
        title: `On the bench: ${info.title}`,
        group: 'Bench',
        run: () => choose(info),
      })),
      'bench',
    );
  }

  fill();
  const leave = studio.catalogue.subscribe(fill);
  return {
    root: select,
    show(info) {
      shown = info.id;
      select.value = shown;
    },
    dispose() {
      leave();
      withdraw();
    },
  };
}
