/** What a colour means. Nothing is said by colour alone. */
export type Tone = 'heading' | 'good' | 'warning' | 'bad' | 'quiet';

/** Puts a text into the colour of a tone, or leaves it as it is where colours are not wanted. */
export type Painter = (tone: Tone, text: string) => string;

const CODES: Readonly<Record<Tone, readonly [on: number, off: number]>> = {
  heading: [1, 22],
  good: [32, 39],
  warning: [33, 39],
  bad: [31, 39],
  quiet: [2, 22],
};

export function createPainter(colour: boolean): Painter {
  if (!colour) return (_tone, text) => text;
  return (tone, text) => {
    const [on, off] = CODES[tone];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  };
}
