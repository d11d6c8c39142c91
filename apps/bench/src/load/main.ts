// The load generator as a process of its own: takes plans from its parent, one after the other, and sends back a report of each.
import type { LoadPlan } from './load-plan.ts';
import { runLoad } from './run-load.ts';

process.on('message', (plan: LoadPlan) => {
  void runLoad(plan).then((report) => process.send?.(report));
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches all processes of a terminal; when to end is for the parent to say.
process.on('SIGINT', () => {});
