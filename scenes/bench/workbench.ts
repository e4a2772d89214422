/** What lies on the bench and what came of it: one simulation at a time, every result with the sizing that it is of, pins. */
import type { Ask, SimulatedByHand } from '../../engine/api/questions';
import type { Subject } from './subject';
import { BY_HAND } from './subject';

const MOST_PINS = 4;

export interface Trial {
  readonly subject: Subject;
  readonly answer: SimulatedByHand;
}

/** A result that is kept to compare with; its number stays its own when others go. */
export interface Pin extends Trial {
  readonly number: number;
}

export interface WorkbenchEvents {
  /** A sizing was laid or turned: of another circuit, or only another one than before. */
  laid(subject: Subject, change: { readonly circuit: boolean; readonly sizing: boolean }): void;
  /** Result or pins have changed. */
  changed(): void;
  failed(why: string): void;
  busy(is: boolean): void;
}

export interface Workbench {
  readonly subject: Subject | null;
  /** The newest one; the sizing that lies there may have been turned since. Null once another circuit lies there. */
  readonly result: Trial | null;
  readonly pins: readonly Pin[];
  lay(next: Subject): void;
  /** Lays what comes, unless something else was laid or asked for meanwhile. */
  follow(found: Promise<Subject | null>): Promise<void>;
  turn(p: number, value: number): void;
  /** What lies there; while another simulation runs, only the newest wish waits. */
  simulate(): void;
  pin(): void;
  unpin(gone: Pin): void;
  /** What comes from now on is for nobody. */
  clear(): void;
}

export function createWorkbench(ask: Ask, on: WorkbenchEvents): Workbench {
  let subject: Subject | null = null;
  let result: Trial | null = null;
  let pins: readonly Pin[] = [];
  let numbered = 0;
  /** Of the newest thing that was laid or asked for. */
  let turn = 0;
  let wish = 0;
  let busy = false;

  function lay(next: Subject): void {
    turn++;
    const circuit = subject?.info !== next.info;
    const sizing = circuit || next.parameters.some((value, p) => value !== subject?.parameters[p]);
    subject = next;
    if (circuit) {
      result = null;
      pins = [];
      numbered = 0;
    }
    on.laid(next, { circuit, sizing });
    if (circuit) on.changed();
  }

  async function run(): Promise<void> {
    busy = true;
    on.busy(true);
    for (let asked = 0; asked !== wish && subject; ) {
      asked = wish;
      const of = subject;
      const isThere = () => subject?.info === of.info;
      try {
        const answer = await ask('simulate', { circuit: of.info.index, parameters: of.parameters });
        if (!isThere()) continue;
        result = { subject: of, answer };
        on.changed();
      } catch (error) {
        if (!isThere()) continue;
        result = null;
        on.changed();
        on.failed(`Could not be simulated: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    busy = false;
    on.busy(false);
  }

  return {
    get subject() {
      return subject;
    },
    get result() {
      return result;
    },
    get pins() {
      return pins;
    },
    lay,
    async follow(found) {
      const own = ++turn;
      try {
        const next = await found;
        if (own === turn && next) lay(next);
      } catch (error) {
        if (own === turn) on.failed(`The selected point is not known any more: ${(error as Error).message}`);
      }
    },
    turn(p, value) {
      if (!subject) return;
      const parameters = subject.parameters.slice();
      parameters[p] = value;
      lay({ ...subject, parameters, origin: BY_HAND });
    },
    simulate() {
      wish++;
      if (!busy) void run();
    },
    pin() {
      if (!result) return;
      pins = [...pins, { ...result, number: ++numbered }];
      on.changed();
    },
    unpin(gone) {
      pins = pins.filter((pin) => pin !== gone);
      on.changed();
    },
    clear() {
      turn++;
      subject = null;
    },
  };
}

/** In words, what is wrong with a sizing that could not be measured; null where it is sound. */
export function faultOf({ answer: { evaluation } }: Trial): string | null {
  if (evaluation.failure === null && evaluation.valid) return null;
  return `${evaluation.failure ?? 'invalid'}: ${evaluation.failureDetail || 'the operating point is not sane'}`;
}

/** In words, why the result cannot be pinned; null where it can. */
export function whyNoPin({ result, pins }: Pick<Workbench, 'result' | 'pins'>): string | null {
  if (result === null) return 'Nothing has been simulated yet.';
  if (faultOf(result) !== null) return 'This sizing is invalid: there is nothing to compare with.';
  if (pins.some(({ answer }) => answer === result.answer)) return 'This result is pinned already.';
  return pins.length >= MOST_PINS ? `${MOST_PINS} pins are enough: take one off first.` : null;
}
