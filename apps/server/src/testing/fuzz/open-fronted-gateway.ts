import { createNodeGuard } from '@latchkey/bearer-auth/node';
import { aGuardScene, type GuardScene } from '@latchkey/bearer-auth/testing';
import { createReverseProxy } from '../../gateway/reverse-proxy.ts';
import { type DoorKind, listenAt } from '../../gateway/testing/doors.ts';
import { createTrustedPeers } from '../../gateway/trusted-peers.ts';
import { createStrictServer } from '../../http/create-strict-server.ts';

/** The gateway behind its strict front, as the server makes it, over parts in memory; gone with `parts`. */
export async function openFrontedGateway(
  upstreamUrl: string,
  parts: AsyncDisposableStack,
  kind: DoorKind = 'lane',
): Promise<{ url: string; scene: GuardScene }> {
  const scene = aGuardScene();
  parts.defer(() => scene.guard.close());
  const node = createNodeGuard(scene.guard);
  const proxy = createReverseProxy({ upstream: new URL(upstreamUrl), trusted: createTrustedPeers([]), deny: node.deny });
  parts.defer(() => proxy.close());
  const listener = node.protect(proxy.handle);
  const door = await listenAt(kind, createStrictServer({ listener, continueListener: listener }), { guard: scene.guard, proxy });
  parts.defer(() => door.close());
  return { url: door.url, scene };
}
