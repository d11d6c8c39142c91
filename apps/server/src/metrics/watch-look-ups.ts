import type { TokenSource } from '@latchkey/core';
import { Counter, type Registry } from 'prom-client';

/** Counts what the source of tokens answers. */
export function watchLookUps(registry: Registry): (source: TokenSource) => TokenSource {
  const lookUps = new Counter({
    name: 'latchkey_token_lookups_total',
    help: 'Look-ups of tokens that were not cached: found; unknown, where there is none; failed, where nobody could tell.',
    labelNames: ['result'],
    registers: [registry],
  });
  for (const result of ['found', 'unknown', 'failed']) lookUps.inc({ result }, 0);
  return (source) => ({
    ...source,
    async findByDigest(candidates) {
      try {
        const record = await source.findByDigest(candidates);
        lookUps.inc({ result: record === null ? 'unknown' : 'found' });
        return record;
      } catch (error) {
        lookUps.inc({ result: 'failed' });
        throw error;
      }
    },
  });
}
