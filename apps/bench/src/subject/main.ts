// One server of the comparison as a process of its own: `main.ts NAME`, then the context as a message; ready when it answers.
import { SUBJECTS } from './catalogue.ts';
import type { RunningSubject, SubjectContext, Unavailable } from './subject.ts';

const subject = SUBJECTS.find(({ name }) => name === process.argv[2]);
if (subject === undefined) throw new Error(`There is no subject ${process.argv[2]}.`);
const start = await subject.load();
let starting: Promise<RunningSubject | Unavailable> | null = null;

process.once('message', async (context: SubjectContext) => {
  starting = start(context);
  try {
    const started = await starting;
    if ('unavailable' in started) return process.send?.(started);
    const { port, path, credentials, pids = [process.pid] } = started;
    process.send?.({ port, path, credentials, pids });
  } catch (error) {
    process.send?.({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.once('disconnect', async () => {
  const started = await starting?.catch(() => null);
  if (started && 'close' in started) await started.close();
  process.exit(0);
});
// Ctrl-C reaches all processes of a terminal; when to end is for the parent to say.
process.on('SIGINT', () => {});
