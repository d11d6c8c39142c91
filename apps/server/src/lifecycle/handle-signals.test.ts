import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { handleSignals } from './handle-signals.ts';

function setUp() {
  const exits: number[] = [];
  let now = 5_000;
  const process = Object.assign(new EventEmitter(), { exit: (code: number) => void exits.push(code) });
  const stop = handleSignals({ process, now: () => now, logger: { info: () => undefined, warn: () => undefined } });
  const send = (signal: string, afterMs: number) => {
    now += afterMs;
    process.emit(signal);
  };
  return { exits, stop, send };
}

test('the first signal asks for a stop and ends nothing', () => {
  const { exits, stop, send } = setUp();
  expect(stop.aborted).toBe(false);
  send('SIGTERM', 0);
  expect(stop.aborted).toBe(true);
  expect(exits).toEqual([]);
});

test('the same Ctrl-C coming from the terminal and from npm counts once', () => {
  const { exits, send } = setUp();
  send('SIGINT', 0);
  send('SIGINT', 30);
  expect(exits).toEqual([]);
});

test('a second one ends the process at once, whichever of the two it is', () => {
  const { exits, send } = setUp();
  send('SIGTERM', 0);
  send('SIGINT', 1_001);
  expect(exits).toEqual([130]);
});
