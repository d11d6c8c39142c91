// Loaded before a server that is to see another time of day: adds to it the milliseconds that the file named by STEPPED_CLOCK_FILE says, and looks
// again all the time. The monotonic clock and timers stay as they are, as when somebody sets the clock of a machine.
import { readFileSync } from 'node:fs';

const { STEPPED_CLOCK_FILE: file = '' } = process.env;
const RealDate = Date;
let offsetMs = readOffset();

function readOffset(): number {
  return Number(readFileSync(file, 'utf8')) || 0;
}

setInterval(() => {
  offsetMs = readOffset();
}, 10).unref();

class SteppedDate extends RealDate {
  constructor(...args: [] | [string | number | Date]) {
    if (args.length === 0) super(SteppedDate.now());
    else super(...args);
  }
  static override now(): number {
    return RealDate.now() + offsetMs;
  }
}

globalThis.Date = new Proxy(SteppedDate, {
  construct: (target, args, newTarget) =>
    args.length < 2 ? Reflect.construct(target, args, newTarget) : Reflect.construct(RealDate, args, newTarget),
  apply: () => new SteppedDate().toString(),
}) as unknown as DateConstructor;
