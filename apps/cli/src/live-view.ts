// A block of lines at the bottom of the terminal that is drawn over itself.
import type { Terminal } from './terminal.ts';

const up = (lines: number): string => (lines === 0 ? '' : `\u001B[${lines}A`);
const clearLine = '\u001B[2K';
const clearBelow = '\u001B[0J';
const hideCursor = '\u001B[?25l';
const showCursor = '\u001B[?25h';

export class LiveView {
  readonly #terminal: Terminal;
  #height = 0;
  #drawn = '';
  #begun = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Each line must fit the terminal's width: a wrapped line would be counted as one. */
  draw(lines: (width: number) => readonly string[]): void {
    const drawn = lines(this.#terminal.columns() ?? 80);
    const text = drawn.map((line) => `${clearLine}${line}\n`).join('');
    if (text === this.#drawn) return;
    const begin = this.#begun ? '' : hideCursor;
    this.#terminal.out(`${begin}${up(this.#height)}${text}${clearBelow}`);
    this.#begun = true;
    this.#height = drawn.length;
    this.#drawn = text;
  }

  /** Leaves what was drawn last, and gives the cursor back. */
  close(): void {
    if (this.#begun) this.#terminal.out(showCursor);
    this.#begun = false;
  }
}
