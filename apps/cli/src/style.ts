// Colours, where the terminal wants them (https://no-color.org).
export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'dim' | 'bold';

const codes: Readonly<Record<Colour, readonly [number, number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export type Paint = (colour: Colour | undefined, text: string) => string;

export function createPaint(coloured: boolean): Paint {
  return (colour, text) => {
    if (!coloured || colour === undefined || text === '') return text;
    const [on, off] = codes[colour];
    return `\u001B[${on}m${text}\u001B[${off}m`;
  };
}

const colourOfState: Readonly<Record<string, Colour>> = {
  succeeded: 'green',
  approved: 'green',
  finished: 'green',
  running: 'cyan',
  started: 'cyan',
  ready: 'blue',
  blocked: 'yellow',
  'cooling-down': 'yellow',
  probing: 'yellow',
  pending: 'yellow',
  paused: 'yellow',
  held: 'yellow',
  failing: 'red',
  failed: 'red',
  rejected: 'red',
  lost: 'red',
  expired: 'red',
  cancelling: 'yellow',
  cancelled: 'dim',
  skipped: 'dim',
  waiting: 'dim',
  sleeping: 'dim',
  scheduled: 'dim',
};

export function colourOf(state: string): Colour | undefined {
  return colourOfState[state];
}
