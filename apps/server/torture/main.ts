// npm run torture: everything that is done to Latchkey on purpose, one after the other, with a line for each at the end. About an hour.
//   node apps/server/torture/main.ts [--short] [name …]          --short: a few minutes in all
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** Name of the script, its arguments in the long and in the short form. */
const TRIALS: readonly [name: string, long: readonly string[], short: readonly string[]][] = [
  ['kill-server', ['200', '300'], ['5', '100']],
  ['database-away', ['all', '60', '200'], ['all', '5', '100']],
  ['disk-full', ['4096', '1000', '20'], ['128', '200', '3']],
  ['rolling-restart', ['100', '200'], ['6', '60']],
  ['step-clock', ['5', '200', '3'], ['1', '60', '1']],
  ['durability-order', ['400'], ['40']],
  ['revocation', ['1000', '3'], ['30', '3']],
  ['listen-killed', ['500', '10'], ['30', '10']],
  ['threads-limit', ['1000', '2'], ['20', '2']],
  ['valkey-limits', ['20', '128'], ['2', '128']],
  ['cross-talk', ['1000000'], ['5000']],
  ['fuzz-requests', ['1000000', '500000'], ['5000', '5000']],
  ['slow-clients', ['100', '10', '3'], ['100', '2', '2']],
  ['timing', ['1000000'], ['20000']],
  ['secret-grep', ['1000'], ['20']],
  ['rotate-token-secret', ['200', '200', '10'], ['20', '50', '3']],
  ['owner-limit', ['20', '100'], ['2', '40']],
];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { short: { type: 'boolean', default: false } } });
const unknown = positionals.filter((name) => !TRIALS.some(([known]) => known === name));
if (unknown.length > 0) {
  console.error(`There is no trial ${unknown.join(', ')}. There are: ${TRIALS.map(([name]) => name).join(', ')}.`);
  process.exit(2);
}

const verdicts: string[] = [];
let failures = 0;
for (const [name, long, short] of TRIALS.filter(([each]) => positionals.length === 0 || positionals.includes(each))) {
  console.log(`\n== ${name}`);
  const startedAt = performance.now();
  const child = spawn(process.execPath, [path.join(import.meta.dirname, `${name}.ts`), ...(values.short ? short : long)], {
    stdio: 'inherit',
  });
  const [code] = await once(child, 'close');
  if (code !== 0) failures += 1;
  verdicts.push(`${code === 0 ? 'held' : 'FAILED'}  ${name}  ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
}
console.log(`\n${verdicts.join('\n')}`);
process.exit(failures === 0 ? 0 : 1);
