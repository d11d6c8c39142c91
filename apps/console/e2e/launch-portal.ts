import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ADMIN, startLatchkeyProcess } from '@latchkey/server/testing';

/** Secret and publishable keys with scopes, as an application with a portal would have them. */
const CONFIG = `export default {
  scopes: { read: 'Read everything', write: 'Change products and stores', 'orders:export': 'Export orders as files' },
  keyTypes: {
    publishable: { prefix: 'pk', permissions: ['read'], revocable: false, public: true, limit: 1 },
    secret: { prefix: 'sk' },
  },
  rules: [{ endpoint: 'GET /stores*', scopes: ['write'] }],
};
`;

export interface PortalServer {
  readonly url: string;
  /** Calls the management REST as the server of a host application does; answers the JSON body. */
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** The link to a new session. */
  requestPortal(wanted: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

/** The real server with a configuration file, and an administrator's credential in the hands of a host application. */
export async function launchPortalServer(): Promise<PortalServer> {
  const parent = await mkdtemp(path.join(tmpdir(), 'latchkey-portal-'));
  await chmod(parent, 0o711);
  const config = path.join(parent, 'latchkey.config.mjs');
  await writeFile(config, CONFIG);
  const server = await startLatchkeyProcess({ PORT: '0', LATCHKEY_DATA_DIR: path.join(parent, 'data'), LATCHKEY_CONFIG: config });
  const authorization = `Bearer ${await readJwt(server.url)}`;

  async function call(method: string, at: string, body?: unknown): Promise<Record<string, unknown>> {
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(`${server.url}${at}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`${method} ${at}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  }

  return {
    url: server.url,
    call,
    requestPortal: async (wanted) => `${(await call('POST', '/api/portal-sessions', wanted)).url}`,
    async close() {
      await server.stop();
      await rm(parent, { recursive: true, force: true });
    },
  };
}

async function readJwt(url: string): Promise<string> {
  const signIn = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ADMIN),
  });
  const cookie = signIn.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
  const { token } = (await (await fetch(`${url}/api/auth/token`, { headers: { cookie } })).json()) as { token: string };
  return token;
}

/** A page of another origin that shows whatever `frame` answers in a frame. */
export async function launchFramingHost(frame: () => string): Promise<{ origin: string; close(): Promise<void> }> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(
      `<!doctype html><html lang="en"><title>Host</title><h1>Host</h1><iframe title="API keys" src="${frame()}" width="900" height="800"></iframe>`,
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The host has no port.');
  return {
    origin: `http://localhost:${address.port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
