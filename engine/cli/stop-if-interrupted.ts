import { OhmbaError } from '../base';
import type { Terminal } from './command';

/**
 * For who counts on the way. @param done for the message: `12 simulations`
 * @throws OhmbaError once Ctrl+C was pressed
 */
export function stopIfInterrupted({ interrupted }: Terminal, done: string): void {
  if (!interrupted.aborted) return;
  throw new OhmbaError({
    what: `stopped after ${done}`,
    expected: 'to be let run to the end',
    todo: 'nothing was kept: run the same command again',
  });
}
