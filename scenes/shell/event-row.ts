/** An event of the engine as a row of a list. */
import type { EngineEvent } from '../../engine/api/snapshot';
import { element } from './dom';

/** @param lead what stands before it: its tick, or a button that goes there */
export function eventRow({ level, message }: EngineEvent, lead: HTMLElement): HTMLElement {
  const text = level === 'info' ? message : `${level}: ${message}`;
  return element('li', { dataset: { level } }, lead, element('span', { className: 'event-text' }, text));
}
