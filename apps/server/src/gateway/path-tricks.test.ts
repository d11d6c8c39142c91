import { createServer } from 'node:http';
import { createNodeGuard } from '@latchkey/bearer-auth/node';
import { describePathTricks, listen } from '@latchkey/bearer-auth/testing';
import { createStrictServer } from '../http/create-strict-server.ts';
import { createReverseProxy } from './reverse-proxy.ts';
import { createTrustedPeers } from './trusted-peers.ts';

describePathTricks('the gateway', async ({ guard, onServed }) => {
  const upstream = await listen(
    createServer((req, res) => {
      onServed(req.url ?? '');
      res.end('served');
    }),
  );
  const node = createNodeGuard(guard);
  const proxy = createReverseProxy({ upstream: new URL(upstream.url), trusted: createTrustedPeers([]), deny: node.deny });
  const listener = node.protect(proxy.handle);
  const door = await listen(createStrictServer({ listener, continueListener: listener }));
  return {
    url: door.url,
    mount: '',
    async close() {
      await door.close();
      proxy.close();
      await upstream.close();
    },
  };
});
