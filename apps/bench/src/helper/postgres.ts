// The PostgreSQL that Latchkey brings, with the settings it has there, as a process of its own: `postgres.ts DIRECTORY`.
import { mkdir } from 'node:fs/promises';
import { startEmbeddedPostgres } from '@latchkey/database/embedded';

const [dataDirectory = ''] = process.argv.slice(2);
await mkdir(dataDirectory, { recursive: true, mode: 0o711 });
const silent = () => undefined;
const starting = startEmbeddedPostgres({ dataDirectory, logger: { debug: silent, info: silent, warn: silent, error: silent } });

process.once('message', async () => {
  const { url } = await starting;
  process.send?.({ url });
});
process.once('disconnect', async () => {
  await (await starting).stop();
  process.exit(0);
});
process.on('SIGINT', () => {});
