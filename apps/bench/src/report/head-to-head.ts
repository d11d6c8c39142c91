import type { Sample } from '../measure/run-rounds.ts';
import { type Spread, spreadOf } from './spread.ts';

/** How many times the requests a second of `below` the server `above` answered, round by round; `null`: they did not both run. */
export function headToHead(above: string, below: string, samples: readonly Sample[]): Spread | null {
  const rates = (name: string): Map<number, number> =>
    new Map(samples.filter((sample) => sample.name === name).map(({ round, measured }) => [round, measured.requestsPerSecond]));
  const others = rates(below);
  return spreadOf([...rates(above)].map(([round, rate]) => rate / (others.get(round) ?? Number.NaN)));
}
