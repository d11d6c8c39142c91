// Shows the texts of tokens to every door of a real server at the most talkative log level, then looks for them in its output, its traces, its data directory
// with spool, database files and WAL, and in every row of every table.
//   node apps/server/torture/secret-grep.ts [tokens=1000]
import { runSecretGrep } from '../src/testing/secret-grep/run-secret-grep.ts';

const [tokens = 1_000] = process.argv.slice(2).map(Number);
const { secrets, statuses, seen, bytes, leaks } = await runSecretGrep(tokens);
for (const [what, count] of Object.entries(statuses).toSorted()) console.log(`${what}: ${count}`);
console.log(
  `searched: ${bytes.output} bytes of output, ${bytes.traces} of traces, ${bytes.tables} of rows; names of ${tokens} tokens found in files ${seen.files}, WAL ${seen.WAL}, rows ${seen.tables}`,
);
console.log(`${secrets} TEXTS, FOUND IN ${leaks.length} PLACES`);
for (const leak of leaks) console.log(leak);
const isSeeing = seen.tables === tokens && seen.files + seen.WAL > 0 && bytes.output > 0 && bytes.traces > 0;
process.exit(leaks.length === 0 && isSeeing ? 0 : 1);
