import { createServer } from 'node:http';
import { createNodeGuard } from '@latchkey/bearer-auth/node';
import { describePathTricks, listen, type TrickDoor, type TrickDoorOptions } from '@latchkey/bearer-auth/testing';
import { createStrictServer } from '../http/create-strict-server.ts';
import { createReverseProxy } from './reverse-proxy.ts';
import { DOORS, type DoorKind, listenAt } from './testing/doors.ts';
import { createTrustedPeers } from './trusted-peers.ts';

for (const kind of DOORS) describePathTricks(`the gateway (${kind})`, (scene) => openGateway(kind, scene));

async function openGateway(kind: DoorKind, { guard, onServed }: TrickDoorOptions): Promise<TrickDoor> {
  const upstream = await listen(
    createServer((req, res) => {
      onServed(req.url ?? '');
      res.end('served');
    }),
  );
  const node = createNodeGuard(guard);
  const proxy = createReverseProxy({ upstream: new URL(upstream.url), trusted: createTrustedPeers([]), deny: node.deny });
  const listener = node.protect(proxy.handle);
  const door = await listenAt(kind, createStrictServer({ listener, continueListener: listener }), { guard, proxy });
  return {
    url: door.url,
    mount: '',
    async close() {
      await door.close();
      proxy.close();
      await upstream.close();
    },
  };
}
