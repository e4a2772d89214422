/** What is being done until the first snapshot: a short list of steps over the empty frame. */
import type { StartupStep } from '../source/source';
import { element, setText } from './dom';

export interface StartupView {
  readonly root: HTMLElement;
  step(step: StartupStep): void;
  finish(): void;
}

export function createStartup(): StartupView {
  const list = element('ol', { className: 'startup-steps' });
  const title = element('p', { className: 'startup-title' }, 'Starting');
  const root = element(
    'div',
    { className: 'startup', role: 'status', ariaLabel: 'Starting' },
    element('div', { className: 'startup-box' }, title, list),
  );
  const items = new Map<string, { root: HTMLElement; detail: HTMLElement }>();
  return {
    root,
    step(step) {
      let item = items.get(step.id);
      if (!item) {
        const detail = element('span', { className: 'startup-detail' });
        item = { root: element('li', { dataset: { step: step.id } }, element('span', {}, step.title), detail), detail };
        items.set(step.id, item);
        list.append(item.root);
      }
      item.root.dataset.state = step.state;
      if (step.state === 'failed') setText(title, 'Could not start');
      setText(item.detail, step.detail ?? '');
    },
    finish: () => root.remove(),
  };
}
