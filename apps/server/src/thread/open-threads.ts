import path from 'node:path';
import type { Gateway } from '../gateway/open-gateway.ts';
import type { ServerOptions } from '../server-options.ts';
import { type GatewayThreads, startGatewayThreads } from './gateway-threads.ts';
import { prepareMainSocket } from './main-socket.ts';
import { serveThread } from './serve-thread.ts';
import { toThreadConfig } from './thread-protocol.ts';
import { threadSpool } from './thread-spool.ts';

/** The threads of `LATCHKEY_THREADS`, and the address of the socket over which they pass on what is not for them. */
export async function openThreads(
  options: ServerOptions,
  gateway: Gateway,
  parts: AsyncDisposableStack,
): Promise<{ threads: GatewayThreads; mainSocket: string }> {
  const { config, policy, database, dataDirectory, secrets, logger } = options;
  const { memory, onEnded } = gateway.counting;
  if (memory === null) throw new Error('Threads need a counter that they share.');
  const socket = await prepareMainSocket(dataDirectory);
  parts.defer(() => socket.remove());
  const liveCounters = shareLiveCounters(gateway, database, parts);
  const threadConfig = toThreadConfig(config, gateway.upstream);
  const threads = await startGatewayThreads({
    count: config.threads,
    logger,
    dataOf: (number, holder) => ({
      ...{ number, holder, counter: memory, liveCounters, config: threadConfig, policy, tokenSecrets: secrets.tokenSecrets },
      spoolDirectory: path.join(dataDirectory, threadSpool(number)),
      mainSocket: socket.path,
    }),
    serve: (number, onReady) => serveThread(database, logger, number, onReady),
    connectSpool: gateway.shipper.connect,
    subscribe: database.tokenSource.subscribe,
    onEnded,
  });
  return { threads, mainSocket: socket.path };
}

/** Threads can not ask the registry of gateways, and need no more than this of it. */
function shareLiveCounters({ counter }: Gateway, { gateways }: ServerOptions['database'], parts: AsyncDisposableStack): SharedArrayBuffer {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const update = () => void Atomics.store(cell, 0, counter.liveGateways());
  update();
  parts.defer(gateways.watch(update));
  return cell.buffer;
}
