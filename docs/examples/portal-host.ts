// A host application with the self-service portal behind its own login.
//   LATCHKEY_URL=http://127.0.0.1:3010 LATCHKEY_JWT=… node docs/examples/portal-host.ts
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPortalHost } from '@latchkey/portal/host';

/** The members of this application's organizations. A real one has a database and a login. */
const MEMBERS: Readonly<Record<string, { organizationId: string; organizationName: string }>> = {
  ada: { organizationId: 'org-1', organizationName: 'Nordlicht GmbH' },
  berta: { organizationId: 'org-2', organizationName: 'Südwind AG' },
};

export interface RunningHost {
  readonly url: string;
  close(): Promise<void>;
}

/** @param readCredential an administrator's JWT; it lives for 15 minutes, so it is asked for with every session. */
export async function startPortalHost(latchkeyUrl: string, readCredential: () => Promise<string>, port = 0): Promise<RunningHost> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const openPortal = createPortalHost({
    latchkeyUrl,
    readCredential,
    methods: {
      requireOrganizationMember: (request) => (memberOf(request) ? undefined : redirect('/login')),
      currentOrganization(request) {
        const member = memberOf(request);
        return member && { type: 'organization', id: member.organizationId, name: member.organizationName };
      },
    },
    currentOwnerMethod: 'currentOrganization',
    authenticateOwnerMethod: 'requireOrganizationMember',
    returnUrl: `${url}/`,
    returnText: 'Back to the application',
    theme: { '--api-keys-primary-color': '#0b7285' },
    onError: (error) => process.stderr.write(`${error}\n`),
  });
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const request = new Request(new URL(incoming.url ?? '/', url), {
      method: incoming.method ?? 'GET',
      headers: { cookie: incoming.headers.cookie ?? '' },
    });
    void openPortal(request).then((answer) => send(answer ?? showPage(request), outgoing));
  });
  return {
    url,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** `/login?as=ada` stands for a login. */
function showPage(request: Request): Response {
  const { pathname, searchParams } = new URL(request.url);
  const as = searchParams.get('as') ?? '';
  if (pathname === '/login' && Object.hasOwn(MEMBERS, as)) {
    return new Response(null, { status: 303, headers: { location: '/', 'set-cookie': `member=${as}; Path=/; HttpOnly; SameSite=Lax` } });
  }
  const body =
    '<p><a href="/login?as=ada">Log in as Ada</a>, <a href="/login?as=berta">as Berta</a></p><p><a href="/settings/api-keys">API keys</a></p>';
  return new Response(`<!doctype html><html lang="en"><title>Application</title><h1>Application</h1>${body}`, {
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });
}

function memberOf(request: Request) {
  const name = /(?:^|; *)member=(\w+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? '';
  return Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : undefined;
}

function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location } });
}

async function send(answer: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
  outgoing.end(await answer.text());
}

if (import.meta.main) {
  // biome-ignore lint/style/noProcessEnv: an example that is started by itself has no configuration of its own
  const { LATCHKEY_URL = 'http://127.0.0.1:3010', LATCHKEY_JWT = '' } = process.env;
  const host = await startPortalHost(LATCHKEY_URL, async () => LATCHKEY_JWT, 4000);
  process.stdout.write(`The application is at ${host.url}\n`);
}
