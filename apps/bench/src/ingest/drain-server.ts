// A server with the guard in process, and the thread that ships usage records, as a process of its own: started by a message with its
// context, it ships a directory for each further message that names one.
import { createShipper } from '@latchkey/server/shipper';
import { startGuardNode } from '../subject/guard/guard-node.ts';
import type { RunningSubject, SubjectContext } from '../subject/subject.ts';
import { drainDirectory } from './drain-directory.ts';

export type DrainRequest = SubjectContext | { readonly drain: string } | { readonly waitForDrain: true };

let subject: RunningSubject | null = null;
let shipper: ReturnType<typeof createShipper> | null = null;
let draining: Promise<number> = Promise.resolve(0);

process.on('message', async (request: DrainRequest) => {
  if ('drain' in request) {
    if (shipper !== null) draining = drainDirectory(shipper, request.drain);
    process.send?.({});
  } else if ('waitForDrain' in request) {
    process.send?.({ elapsedMs: await draining });
  } else {
    subject = await startGuardNode(request);
    const databaseUrl = request.postgresUrl ?? '';
    shipper = createShipper({ databaseUrl, gateway: 'bench', isEmbedded: true, leftovers: [], logger: console, onProblem: console.error });
    const { port, path, credentials } = subject;
    process.send?.({ port, path, credentials });
  }
});
process.once('disconnect', async () => {
  await subject?.close();
  await shipper?.close();
  process.exit(0);
});
process.on('SIGINT', () => {});
