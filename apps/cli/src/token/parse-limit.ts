import { InvalidArgumentError } from 'commander';
import { duration } from '../program/parse-option.ts';

export interface NamedLimit {
  readonly name: string;
  readonly max: number;
  readonly windowMs: number;
}

export interface Refill {
  readonly amount: number;
  readonly intervalMs: number;
}

const RATE = /^(\d{1,12})\/(\w+)$/;

/** `burst=10/1s`; several add up. */
export function collectLimit(text: string, before: readonly NamedLimit[] = []): NamedLimit[] {
  const [name = '', rate = ''] = text.split('=', 2);
  const { amount, intervalMs } = parseRate(rate, 'Name a limit as burst=10/1s or monthly=100000/30d.');
  return [...before, { name, max: amount, windowMs: intervalMs }];
}

/** `1000/1d`: every day it is set to 1,000 again. */
export function parseRefill(text: string): Refill {
  return parseRate(text, 'Give a refill as 1000/1d.');
}

function parseRate(text: string, advice: string): Refill {
  const [, amount, time] = RATE.exec(text) ?? [];
  if (amount === undefined || time === undefined) throw new InvalidArgumentError(advice);
  return { amount: Number(amount), intervalMs: duration(time) * 1_000 };
}
