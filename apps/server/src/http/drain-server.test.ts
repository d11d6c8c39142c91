import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { createDrain } from './drain-server.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

it('an answer that was on its way when the draining began arrives whole, and says that its connection ends', async () => {
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<ServerResponse>();
  const server = createServer((req, res) => {
    drain.note(req, res);
    onAsked(res);
  });
  const drain = createDrain(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let received = '';
  client.on('data', (part) => {
    received += part;
  });
  client.write(REQUEST);
  const res = await asked;

  const drained = drain.drain(60_000);
  res.end('whole');
  await Promise.all([once(client, 'end'), drained]);

  expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n.*\r\n\r\nwhole$/is);
});

it('who takes too long is cut off', async () => {
  const server = createServer((req, res) => drain.note(req, res));
  const drain = createDrain(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  client.write(REQUEST);
  await once(server, 'request');

  await Promise.all([once(client, 'close'), drain.drain(10)]);
});

it('a request on its way when the draining began is answered, and told that its connection ends', async () => {
  const server = createServer((req, res) => {
    drain.note(req, res);
    res.end('answered');
  });
  const drain = createDrain(server, { idleGraceMs: 60_000 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write(REQUEST);
  await once(client, 'data');

  const drained = drain.drain(60_000);
  client.write(REQUEST);
  const [answer] = await once(client, 'data');
  await Promise.all([once(client, 'end'), drained]);

  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n.*\r\n\r\nanswered$/is);
});

it('who asks nothing more is let go after a while', async () => {
  const server = createServer((req, res) => {
    drain.note(req, res);
    res.end();
  });
  const drain = createDrain(server, { idleGraceMs: 20 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write(REQUEST);
  await once(client, 'data');
  await Promise.all([once(client, 'end'), drain.drain(60_000)]);
});

/** Asks whenever it is told to, and says what comes. In a thread of its own, because the server's is to be busy. */
const CLIENT = `
  const { parentPort, workerData: { port, told } } = require('node:worker_threads');
  const say = (what) => parentPort.postMessage(what);
  let socket;
  parentPort.on('message', () => {
    socket ??= require('node:net').connect(port, '127.0.0.1').setEncoding('latin1').on('data', say).on('error', () => {}).on('close', () => say('closed'));
    socket.write('GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n', () => { Atomics.store(told, 0, 1); Atomics.notify(told, 0); });
  });
  say('ready');
`;

async function openClient(port: number) {
  const told = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(CLIENT, { eval: true, workerData: { port, told } });
  onTestFinished(() => void worker.terminate());
  await once(worker, 'message');
  return {
    /** Has it ask, and does nothing else until it has. */
    askMeanwhile() {
      Atomics.store(told, 0, 0);
      worker.postMessage('ask');
      Atomics.wait(told, 0, 0, 5_000);
    },
    answer: async () => String((await once(worker, 'message'))[0]),
  };
}

it('a request that waits to be accepted when the draining begins is answered', async () => {
  const server = createServer((req, res) => {
    drain.note(req, res);
    res.end('whole');
  });
  const drain = createDrain(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = await openClient((server.address() as AddressInfo).port);

  client.askMeanwhile();
  const drained = drain.drain(10_000);

  expect(await client.answer()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n.*whole$/is);
  await drained;
});

it('a request that has arrived when the time for idle connections is over is answered, however busy the server was', async () => {
  const server = createServer((req, res) => {
    drain.note(req, res);
    res.end('whole');
  });
  const drain = createDrain(server, { idleGraceMs: 50 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = await openClient((server.address() as AddressInfo).port);
  client.askMeanwhile();
  await client.answer();

  const drained = drain.drain(10_000);
  client.askMeanwhile();
  const until = performance.now() + 100;
  while (performance.now() < until);

  expect(await client.answer()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n.*whole$/is);
  await drained;
});
