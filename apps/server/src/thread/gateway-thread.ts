import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createTokenDigester, type Spool, type SpoolReader } from '@latchkey/bearer-auth';
import { createSharedCounter } from '@latchkey/bearer-auth/shared';
import { listTokenPrefixes } from '@latchkey/core';
import { loadConfigFile } from '../config/load-config-file.ts';
import { createLaneRule } from '../gateway/lane/lane-rule.ts';
import { logSpoolProblem } from '../gateway/log-problems.ts';
import { openGuard } from '../gateway/open-guard.ts';
import { openPublicApi } from '../gateway/open-public-api.ts';
import { listen, type ThreadAddress } from '../http/listen.ts';
import type { Listener } from '../http/listener.ts';
import { openFront } from '../http/open-front.ts';
import { createLogger } from '../lifecycle/create-logger.ts';
import { openTracing } from '../tracing/open-tracing.ts';
import { createRemoteReader, type RemoteReader } from '../usage/create-remote-reader.ts';
import { createCallPort } from './call-port.ts';
import { createMainForwarder } from './forward-to-main.ts';
import { createThreadRule } from './is-served-by-thread.ts';
import { createMainQuotaLedger, createMainTokenSource } from './main-sources.ts';
import { fromThreadConfig, type MainMethods, type ThreadData, type ThreadMethods } from './thread-protocol.ts';

// A thread that serves the public API: guard, cache, spool and proxy of its own; the main thread answers for the database.
if (parentPort === null) throw new Error('This file is the entry of a thread.');
const port = parentPort;
const data = workerData as ThreadData;
const config = fromThreadConfig(data.config);
const { policy } = data;
const liveCounters = new Int32Array(data.liveCounters);
const { promise: opened, resolve: setOpened } = Promise.withResolvers<Awaited<ReturnType<typeof open>>>();

/** What was asked of it last: a thread that is to close while it still begins to listen would never end. */
let listening: Promise<number> = Promise.resolve(0);
let isClosing = false;

async function begin(address: ThreadAddress): Promise<number> {
  const { server } = await opened;
  if (isClosing) throw new Error('This thread is closing.');
  return listen(server, address);
}

const methods: ThreadMethods = {
  listen(address) {
    listening = begin(address);
    return listening;
  },
  applyChange: (change) => tokens.applyChange(change),
  async invalidate(ids) {
    tokens.forgetImported();
    (await opened).guard.invalidate(ids);
  },
  readFigures: async () => (await opened).metrics.registry.getMetricsAsJSON(),
  isAccepting: async () => (await opened).isAccepting(),
  unspent: async (...state) => (await opened).quota.unspent(...state),
  async close() {
    isClosing = true;
    await listening.catch(() => undefined);
    await (await opened).close();
    // After this the answer is all that is left to be sent.
    setImmediate(() => port.close());
  },
};
const main = createCallPort<MainMethods>(port, methods);
const tokens = createMainTokenSource(main);
const logger = createLogger(config, { write: (line) => main.tell('log', line) });
const { promise: reader, resolve: setReader } = Promise.withResolvers<RemoteReader>();
// The end of a channel to the thread that ships usage records, anew whenever that was started again.
port.on('message', async ({ spool }: { spool?: MessagePort }) => spool && (await reader).connect(spool));
setOpened(await open());
main.tell('ready');

function ship(spool: Spool): SpoolReader {
  const remote = createRemoteReader(spool, logSpoolProblem(logger));
  setReader(remote);
  return remote;
}

async function open() {
  await using parts = new AsyncDisposableStack();
  const tracing = await openTracing(config, logger, parts);
  const { callbacks } = await loadConfigFile(config.configFile);
  const options = { config, policy, callbacks, logger };
  const sources = {
    tokens,
    quotaLedger: createMainQuotaLedger(main),
    ship,
    spoolDirectory: data.spoolDirectory,
    localCounter: createSharedCounter({ memory: data.counter, holder: data.holder }),
    liveCounters: () => Atomics.load(liveCounters, 0),
    isThread: true,
    tracing,
  };
  const prefixes = listTokenPrefixes(policy).map(({ prefix }) => prefix);
  const digester = createTokenDigester({ secrets: data.tokenSecrets, prefixes });
  const guarded = await openGuard(options, sources, digester, parts);
  const publicApi = openPublicApi(options, guarded.guard, { upstream: new URL(data.config.upstreamUrl), tracing }, parts);
  const isServedHere = createThreadRule(policy);
  const forward = createMainForwarder(data.mainSocket);
  const listener: Listener = (req, res) => (isServedHere(req.url ?? '') ? publicApi.listener : forward)(req, res);
  const lane = publicApi.lane && { parts: publicApi.lane, isFor: createLaneRule(policy) };
  const server = openFront({ listener, isPublic: isServedHere, lane, logger }, parts);
  const built = parts.move();
  return { ...guarded, server, close: () => built.disposeAsync() };
}
