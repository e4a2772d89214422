import type { Terminal } from './command';

/** Milliseconds between lines: often where the line is drawn in place, seldom where lines pile up in a log. */
const LIVE_INTERVAL = 100;
const PLAIN_INTERVAL = 5000;

/** One line of progress: redrawn in place on a terminal, a plain line now and then elsewhere. */
export class ProgressLine {
  readonly #terminal: Terminal;
  #last: number;
  #drawn = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    // Work that is over before a plain line is due needs none.
    this.#last = terminal.live ? Number.NEGATIVE_INFINITY : terminal.now();
  }

  /** Shows what `describe` says, if it is time. `describe` is called only then. */
  update(describe: () => string): void {
    const now = this.#terminal.now();
    if (now - this.#last < (this.#terminal.live ? LIVE_INTERVAL : PLAIN_INTERVAL)) return;
    this.#last = now;
    const text = describe();
    if (!this.#terminal.live) {
      this.#terminal.error(`${text}\n`);
      return;
    }
    const room = Math.max(20, this.#terminal.columns - 1);
    this.#terminal.error(`\r\u001b[2K${[...text].slice(0, room).join('')}`);
    this.#drawn = true;
  }

  /** A lasting line above the progress line. */
  note(text: string): void {
    this.clear();
    this.#terminal.error(`${text}\n`);
    if (this.#terminal.live) this.#last = Number.NEGATIVE_INFINITY;
  }

  clear(): void {
    if (this.#drawn) this.#terminal.error('\r\u001b[2K');
    this.#drawn = false;
  }
}
