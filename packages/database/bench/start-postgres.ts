/**
 * Runs the PostgreSQL that Latchkey brings, with the settings it has there, prints its URL, and stops it on Ctrl-C.
 *
 *   node packages/database/bench/start-postgres.ts /tmp/latchkey-bench
 */
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { startEmbeddedPostgres } from '../src/embedded/index.ts';

const directory = process.argv[2];
if (!directory) throw new Error('Name a directory for the database.');
const dataDirectory = path.resolve(directory);
await mkdir(dataDirectory, { recursive: true });
const silent = () => undefined;
const complain = (_fields: object, message: string) => console.error(message);
const postgres = await startEmbeddedPostgres({ dataDirectory, logger: { debug: silent, info: silent, warn: complain, error: complain } });
console.log(postgres.url);
const keepRunning = setInterval(silent, 60_000);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), postgres.exited]);
clearInterval(keepRunning);
await postgres.stop();
