import { InvalidArgumentError } from 'commander';

/** Reads a whole number within bounds from an option. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    return value;
  };
}

/** Collects an option that may be given several times. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

const DURATION = /^(\d+)(s|m|h|d|w)$/;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** Reads `90s`, `15m`, `12h`, `30d`, `2w` as seconds. */
export function duration(text: string): number {
  const [, amount, unit = ''] = DURATION.exec(text) ?? [];
  const seconds = Number(amount) * (SECONDS[unit] ?? Number.NaN);
  if (!Number.isSafeInteger(seconds)) throw new InvalidArgumentError('Give a number with its unit: 90s, 15m, 12h, 30d or 2w.');
  return seconds;
}
