// Traces the system calls of the real server under LATCHKEY_DURABILITY=disk, and shows for every request the order write → fdatasync → answer.
// Takes strace, and the right to trace.
//   node apps/server/torture/durability-order.ts [requests=200]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { signInAsAdmin } from '../src/testing/admin-client.ts';
import { openDisturbedScene } from '../src/testing/database-away.ts';
import { startLatchkeyProcess } from '../src/testing/latchkey-process.ts';
import { checkOrder } from '../src/testing/trace-order.ts';

const [requests = 200] = process.argv.slice(2).map(Number);
await using parts = new AsyncDisposableStack();
const scene = await openDisturbedScene(parts);
const server = await startLatchkeyProcess({
  PORT: '0',
  LATCHKEY_DATA_DIR: path.join(scene.directory, 'data'),
  DATABASE_URL: scene.postgres.url,
  LATCHKEY_DURABILITY: 'disk',
});
parts.defer(async () => void (await server.stop()));
const admin = await signInAsAdmin(server.url);
const { token } = await admin.createToken({ name: 'Traced', rate_limit: 1_000_000 });

const output = path.join(scene.directory, 'trace');
const calls = 'trace=openat,write,pwrite64,writev,fdatasync,sendto,sendmsg';
const tracer = spawn('strace', ['-f', '-ttt', '-s', '4096', '-e', calls, '-o', output, '-p', String(server.child.pid)], {
  stdio: ['ignore', 'ignore', 'pipe'],
});
await once(tracer.stderr, 'data');
const ids: string[] = [];
for (let sent = 0; sent < requests; sent += 8) {
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => fetch(`${server.url}/api/products/1`, { headers: { authorization: `Bearer ${token}` } })),
  );
  for (const answer of answers) {
    const id = answer.headers.get('x-request-id');
    if (!answer.ok || id === null) throw new Error(`A request was answered ${answer.status}, with the id ${id}.`);
    await answer.arrayBuffer();
    ids.push(id);
  }
}
tracer.kill('SIGINT');
await once(tracer, 'close');
const { ordered, wrong, syncs } = checkOrder(await readFile(output, 'latin1'), ids);
console.log(
  `${ids.length} requests under durability disk: in order write → fdatasync → answer ${ordered} · WRONG ${wrong.length} · ${syncs} calls of fdatasync`,
);
for (const each of wrong.slice(0, 10)) console.log(`  ${each}`);
process.exitCode = ordered === ids.length && ordered > 0 ? 0 : 1;
