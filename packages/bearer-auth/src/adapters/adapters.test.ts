import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

it.each(['node', 'express', 'fastify', 'hono', 'fetch'])(
  'the adapter for %s translates and does nothing else: at most 80 lines',
  (name) => {
    const lines = readFileSync(path.join(import.meta.dirname, `${name}.ts`), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines.length).toBeLessThanOrEqual(80);
  },
);
