/** Copying with a word about it: that it is being made, that it is on the clipboard, or why it is not. */
import { element, setText } from '../shell/dom';
import type { Studio } from '../shell/scene';
import { copyText } from '../shell/view-commands';

/** A word about what is done need not stay. */
const SHOWN_MILLISECONDS = 5000;

export type Copying = ReturnType<typeof createCopying>;

export function createCopying(studio: Studio) {
  const note = element('p', { className: 'hint copied', role: 'status' });
  let timer = 0;
  /** Of the newest wish: what was asked for before must not get onto the clipboard after it. */
  let newest = 0;

  function say(text: string): void {
    clearTimeout(timer);
    setText(note, text);
  }

  return {
    root: note,
    /** @param what `Netlist`, `Command` */
    async copy(what: string, text: string | Promise<string>): Promise<void> {
      const own = ++newest;
      say(`${what} is being made …`);
      try {
        const made = await text;
        if (own !== newest) return;
        const there = await copyText(studio, made);
        if (own !== newest) return;
        say(there ? `${what} copied.` : `${what} could not be copied.`);
      } catch (error) {
        if (own !== newest) return;
        say(`${what} could not be made: ${error instanceof Error ? error.message : String(error)}`);
        return;
      }
      timer = window.setTimeout(() => say(''), SHOWN_MILLISECONDS);
    },
    dispose(): void {
      newest++;
      clearTimeout(timer);
    },
  };
}
