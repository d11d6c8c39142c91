import { expect, it } from 'vitest';
import { limitNameFault } from './limit-name.ts';

it.each(['burst', 'per_minute', 'A-1', 'x'.repeat(50)])('%s is a name', (name) => {
  expect(limitNameFault(name)).toBeNull();
});

it.each(['', 'x'.repeat(51), 'two words', 'pool:team', 'a"b', 'ü', 'default', 'quota'])(
  '%j is none, and the message says what to change',
  (name) => {
    expect(limitNameFault(name)).toMatch(/Choose another name|1 to 50/);
  },
);
