import { openSpool } from '../spool.ts';
import { usageRecord } from './usage-records.ts';

// A process that appends until somebody kills it, and says of every record on stdout once it is durable.
const [directory, from] = process.argv.slice(2);
const spool = openSpool({ directory: directory ?? '', segmentBytes: 20_000 });
let number = Number(from);

function appendTurn(): void {
  for (let count = 0; count < 20; count += 1) {
    const current = number++;
    spool.append(usageRecord(current), (error) => {
      if (error === null) process.stdout.write(`${current}\n`);
    });
  }
  setImmediate(appendTurn);
}

appendTurn();
