import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
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
