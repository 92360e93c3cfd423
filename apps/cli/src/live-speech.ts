// What models are saying now, a line each: the end of it.
import type { LiveText } from '@chorale/lib-client';
import type { Paint } from './style.ts';
import { cut, oneLine, widthOf } from './text-width.ts';

interface Speaking {
  readonly agent: string;
  readonly tail: string;
}

const linesMax = 3;
/** Longer than any line. */
const tailLengthMax = 500;
const agentWidthMax = 24;

export class LiveSpeech {
  readonly #calls = new Map<string, Speaking>();

  hear({ callId, agent, kind, text }: LiveText): void {
    const tail = this.#calls.get(callId)?.tail ?? '';
    // Whoever spoke last stands last.
    this.#calls.delete(callId);
    if (kind === 'end') return;
    const said = kind === 'tool-call' ? `${tail} [calls ${text}] ` : tail + text;
    this.#calls.set(callId, { agent, tail: said.slice(-tailLengthMax) });
  }

  /** Nobody speaks any more, whatever was lost. */
  clear(): void {
    this.#calls.clear();
  }

  get count(): number {
    return Math.min(linesMax, this.#calls.size);
  }

  lines(width: number, paint: Paint): readonly string[] {
    return [...this.#calls.values()].slice(-linesMax).map(({ agent, tail }) => {
      const name = `${cut(oneLine(agent), agentWidthMax)}: `;
      return `${paint('dim', name)}${endOf(oneLine(tail), Math.max(10, width - widthOf(name) - 1))}`;
    });
  }
}

function endOf(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let from = Math.max(0, text.length - width);
  while (widthOf(text.slice(from)) >= width) from += 1;
  return `…${text.slice(from)}`;
}
