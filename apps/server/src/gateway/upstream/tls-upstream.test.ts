import dns from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { TEST_ONLY_TRUSTED, TEST_ONLY_UNTRUSTED, type TestCertificate } from '../../webhook/testing/tls-certificates.ts';
import { openProxied, untilSettled } from '../testing/open-proxied.ts';

const PATIENT = { timeout: 60_000 };
const roots = getCACertificates();

// The name of the certificates is this machine, and this process trusts one of them.
beforeEach(() => {
  setDefaultCACertificates([...roots, TEST_ONLY_TRUSTED.cert]);
  vi.spyOn(dns, 'lookup').mockImplementation(((_host: string, _options: object, done: (...args: unknown[]) => void) => {
    done(null, [{ address: '127.0.0.1', family: 4 }]);
  }) as never);
});
afterEach(() => {
  setDefaultCACertificates(roots);
  vi.restoreAllMocks();
});

async function openTlsUpstream(certificate: TestCertificate, host = 'hooks.example.test') {
  const names: unknown[] = [];
  const connections = new Set<unknown>();
  const server = createServer({ ...certificate, ALPNProtocols: ['http/1.1'] }, (req, res) => {
    connections.add(req.socket);
    if (req.method === 'PUT') req.pipe(res);
    else res.end(`${req.headers.host} ${(req.socket as TLSSocket).alpnProtocol}`);
  });
  server.on('secureConnection', (socket) => names.push(socket.servername));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { gateway: await openProxied(`https://${host}:${port}`), names, connections, port };
}

test('an upstream behind TLS is called by its name, on a connection that is used again', PATIENT, async () => {
  const { gateway, names, connections, port } = await openTlsUpstream(TEST_ONLY_TRUSTED);
  expect(await gateway.send()).toMatchObject({ status: 200, text: `hooks.example.test:${port} http/1.1` });
  for (let count = 0; count < 3; count += 1) {
    await untilSettled();
    expect((await gateway.send()).status).toBe(200);
  }
  expect(names).toEqual(['hooks.example.test']);
  expect(connections.size).toBe(1);
});

test('bodies of any size pass through TLS both ways', PATIENT, async () => {
  const { gateway } = await openTlsUpstream(TEST_ONLY_TRUSTED);
  const body = Array.from({ length: 40_000 }, (_, index) => `line ${index}\n`).join('');
  expect((await gateway.send({ method: 'PUT', body })).text).toBe(body);
});

test.each([
  ['a certificate that nobody trusts', TEST_ONLY_UNTRUSTED, 'hooks.example.test'],
  ['a certificate for another name', TEST_ONLY_TRUSTED, 'other.example.test'],
])('502 for %s', PATIENT, async (_what, certificate, host) => {
  const { gateway } = await openTlsUpstream(certificate, host);
  expect(await gateway.send()).toMatchObject({ status: 502, body: { code: 'UPSTREAM_ERROR' } });
});
