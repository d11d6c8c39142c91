// A gateway in a process of its own: guard, proxy, no database. Its parent learns where it listens, and ends it.
import { createServer } from 'node:http';
import { createGuard, createMemoryCounter, createTokenDigester, createTokenMint, type UsageSink } from '@latchkey/bearer-auth';
import { createNodeGuard } from '@latchkey/bearer-auth/node';
import { createMemoryTokenSource } from '@latchkey/bearer-auth/testing';
import { createReverseProxy } from '../../gateway/reverse-proxy.ts';
import { listenAt } from '../../gateway/testing/doors.ts';
import { createTrustedPeers } from '../../gateway/trusted-peers.ts';

export interface GatewayAddress {
  readonly url: string;
  readonly token: string;
}

const nowhere: UsageSink = { accepting: true, append: (_record, done) => process.nextTick(done, null) };
const digester = createTokenDigester({ secrets: ['a secret for the torture'] });
const tokens = createMemoryTokenSource(createTokenMint(digester));
const guard = createGuard({ tokens, usage: nowhere, counter: createMemoryCounter(), digester });
const node = createNodeGuard(guard, { mount: '' });
const proxy = createReverseProxy({ upstream: new URL(process.argv[2] ?? ''), trusted: createTrustedPeers([]), deny: node.deny });
const { url } = await listenAt('lane', createServer(node.protect(proxy.handle)), { guard, proxy, mount: '' });
process.once('disconnect', () => process.exit(0));
process.send?.({ url, token: tokens.issue({ rateLimit: null }) } satisfies GatewayAddress);
