/** Time is counted in so many pieces. */
const PIECES = 20;

/**
 * Calls `over` once so many milliseconds have passed and it was not cancelled. Time in which this thread could not have heard an answer
 * (the process was held, the machine slept, a long computation was on) hardly counts: however long it was, it is a twentieth.
 *
 * @returns cancels; calling it again does nothing
 */
export function startDeadline(milliseconds: number, over: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (pieces: number) => {
    timer = setTimeout(() => (pieces > 1 ? wait(pieces - 1) : over()), milliseconds / PIECES);
  };
  wait(PIECES);
  return () => clearTimeout(timer);
}
