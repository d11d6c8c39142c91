import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { openUsageStore } from '@latchkey/database/usage-store';
import { createCallPort } from '../thread/call-port.ts';
import { type CarriedSpool, carrySpool } from './carry-spool.ts';
import { shipDirectory } from './ship-directory.ts';
import type { MainMethods, ShipperData, ShipperMethods } from './shipper-protocol.ts';
import { yieldToRequests } from './yield-to-requests.ts';

// The thread that reads all spools of this process and writes them to the database, so that no thread that answers requests has to.
if (parentPort === null) throw new Error('This file is the entry of a thread.');
const port = parentPort;
const { databaseUrl, gateway, isEmbedded, leftovers } = workerData as ShipperData;

const carried = new Set<CarriedSpool>();
const methods: ShipperMethods = {
  async close() {
    const all = [...carried, ...shippings];
    await Promise.all(all.map((each) => each.close()));
    await Promise.all(all.map(({ stopped }) => stopped));
    await database.close();
    // After this the answer is all that is left to be sent.
    setImmediate(() => port.close());
  },
};
const main = createCallPort<MainMethods>(port, methods);
const warn = (fields: object, message: string) => main.tell('warn', fields, message);

yieldToRequests();
const database = openUsageStore({
  url: databaseUrl,
  gateway,
  now: Date.now,
  logger: { info: () => undefined, warn },
  ...(isEmbedded && { onConnect: yieldToRequests }),
});
const shippings = leftovers.map((directory) => shipDirectory(directory, database.store, (problem) => main.tell('noteProblem', problem)));

port.on('message', ({ spool }: { readonly spool?: MessagePort }) => {
  if (spool === undefined) return;
  const one = carrySpool(spool, database.store);
  carried.add(one);
  void one.stopped.then(() => carried.delete(one));
});
