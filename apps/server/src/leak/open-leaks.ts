import { createTokenMint, type TokenDigester } from '@latchkey/bearer-auth';
import type { Gateway } from '../gateway/open-gateway.ts';
import { tellChanges } from '../gateway/tell-changes.ts';
import type { ServerOptions } from '../server-options.ts';
import { createLeakProcessor } from './create-leak-processor.ts';
import type { LeakRoutesOptions } from './leak-routes.ts';
import { createReportKeys } from './report-keys.ts';

/** Reports of leaked tokens, and what becomes of them. `wake`: called when there is an event to deliver. */
export function openLeaks(
  { config, policy, database, logger }: ServerOptions,
  digester: TokenDigester,
  gateway: Gateway,
  wake: () => void,
  parts: AsyncDisposableStack,
): LeakRoutesOptions {
  const processor = createLeakProcessor({
    store: database.leaks,
    policy: config.leakPolicy,
    tokensChanged: tellChanges(database, gateway),
    wake,
    onError: (error) => logger.warn({ err: error }, 'A report of a leaked token could not be dealt with; next try in five seconds'),
  });
  parts.defer(() => processor.close());
  processor.start();
  const keys = config.leakKeysUrl === null ? null : createReportKeys({ url: config.leakKeysUrl, now: Date.now });
  const mint = createTokenMint(digester);
  return { store: database.leaks, processor, mint, policy, keys, counter: gateway.counter.counter, now: Date.now };
}
