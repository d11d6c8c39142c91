import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listen } from '@latchkey/bearer-auth/testing';
import { Client } from 'pg';
import { signInAsAdmin } from '../admin-client.ts';
import { embeddedDatabaseUrl, startLatchkeyProcess } from '../latchkey-process.ts';
import { createNeedleFinder, findInFiles } from './find-needles.ts';
import { useCanaries } from './use-canaries.ts';

export interface SecretGrepReport {
  /** Different texts that were shown. */
  readonly secrets: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** How many of the names that are stored were found in each place: none would mean that the search sees nothing. */
  readonly seen: Readonly<Record<Place, number>>;
  readonly bytes: Readonly<Record<'output' | 'traces' | 'tables', number>>;
  /** Where a secret was found; never which. */
  readonly leaks: readonly string[];
}

type Place = 'files' | 'WAL' | 'tables';

/** Shows texts to a real server at debug level, with traces, and looks for them in all that it has said, sent and stored. */
export async function runSecretGrep(count: number): Promise<SecretGrepReport> {
  await using parts = new AsyncDisposableStack();
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-canaries-'));
  parts.defer(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o711);
  const traces = await openCollector(parts);
  const dataDirectory = path.join(directory, 'data');
  const server = await startLatchkeyProcess({
    PORT: '0',
    LATCHKEY_DATA_DIR: dataDirectory,
    LATCHKEY_LOG_LEVEL: 'trace',
    LATCHKEY_TRUSTED_PROXIES: '127.0.0.1',
    OTEL_EXPORTER_OTLP_ENDPOINT: traces.url,
  });
  parts.defer(async () => void (await server.stop()));
  let output = server.said();
  for (const stream of [server.child.stdout, server.child.stderr]) {
    stream?.on('data', (text: string) => {
      output += text;
    });
  }
  const admin = await signInAsAdmin(server.url);
  const { secrets, names, statuses } = await useCanaries(server.url, admin, count);
  const finder = createNeedleFinder([...secrets, ...names]);
  const isName = (needle: string) => names.includes(needle);

  const tables = await readTables(dataDirectory);
  const files = await findInFiles(dataDirectory, finder);
  // What it still has to say and to send comes by then.
  await server.stop();
  const places: [string, string[]][] = [
    ...files,
    ['(output)', finder.find(output)],
    ['(traces)', finder.find(traces.received())],
    ['(tables)', finder.find(tables)],
  ];
  const leaks = places
    .filter(([, found]) => !found.every(isName))
    .map(([place, found]) => `${place}: ${found.filter((one) => !isName(one)).length}`);
  const inFiles = (isWanted: (file: string) => boolean) =>
    countNames(
      [...files].filter(([file]) => isWanted(file)),
      isName,
    );
  const isWal = (file: string) => file.includes('pg_wal');
  return {
    secrets: secrets.length,
    statuses,
    seen: { files: inFiles((file) => !isWal(file)), WAL: inFiles(isWal), tables: countNames([['', finder.find(tables)]], isName) },
    bytes: { output: output.length, traces: traces.received().length, tables: tables.length },
    leaks,
  };
}

/** Everything in the database as text, once the pages of its files are written. */
async function readTables(dataDirectory: string): Promise<string> {
  const client = new Client({ connectionString: await embeddedDatabaseUrl(dataDirectory) });
  await client.connect();
  try {
    await client.query('checkpoint');
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    let text = '';
    for (const { name } of rows) {
      const all = await client.query<{ row: string }>(`select t::text as row from only ${name} t`);
      text += `${name}\n${all.rows.map(({ row }) => row).join('\n')}\n`;
    }
    return text;
  } finally {
    await client.end();
  }
}

/** Takes whatever an exporter of traces sends. */
async function openCollector(parts: AsyncDisposableStack): Promise<{ url: string; received: () => string }> {
  let received = '';
  const server = createServer((req, res) => {
    req.on('data', (bytes: Buffer) => {
      received += bytes.toString('latin1');
    });
    req.once('end', () => res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}'));
  });
  const door = await listen(server);
  parts.defer(() => door.close());
  return { url: door.url, received: () => received };
}

function countNames(places: readonly (readonly [string, readonly string[]])[], isName: (needle: string) => boolean): number {
  return new Set(places.flatMap(([, found]) => found.filter(isName))).size;
}
