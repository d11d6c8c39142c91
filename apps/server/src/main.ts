import { keepCompiledCode } from './lifecycle/keep-compiled-code.ts';
import { requireNode } from './lifecycle/require-node.ts';

requireNode();
keepCompiledCode();
// Only now: what follows uses things that an older Node cannot even load.
const { runLatchkey } = await import('./lifecycle/run-latchkey.ts');
await runLatchkey();
