import type { Subject } from './subject.ts';

/** Bare node:http, by which all others are divided. */
export const BASELINE = 'bare-node';

/** Every server of the comparison, in the order of the report. A further one is a file with its start, and an entry here. */
export const SUBJECTS: readonly Subject[] = [
  {
    name: BASELINE,
    title: 'node:http, nothing else',
    group: 'bare',
    leavesOut: 'everything',
    load: async () => (await import('./bare-node.ts')).startBareNode,
  },
  {
    name: 'guard-node',
    title: 'Latchkey on node:http',
    group: 'guard',
    leavesOut: '–',
    load: async () => (await import('./guard-node.ts')).startGuardNode,
  },
];
