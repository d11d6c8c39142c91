import { requireNode } from './lifecycle/require-node.ts';

requireNode();
// Only now: what follows uses things that an older Node cannot even load.
const { runLatchkey } = await import('./lifecycle/run-latchkey.ts');
await runLatchkey();
