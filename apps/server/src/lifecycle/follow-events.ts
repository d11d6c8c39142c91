import type { ServerOptions } from '../server-options.ts';

/** Hands events to the deployment's own code, where it asked for them. */
export function followEvents({ callbacks, database, logger }: ServerOptions, parts: AsyncDisposableStack): void {
  const onEvent = callbacks?.onEvent;
  if (onEvent === undefined) return;
  const onError = (error: unknown) => logger.warn({ err: error }, 'The callback for events failed, or events could not be read');
  const following = database.followEvents({ onEvent, onError });
  parts.defer(() => following.close());
}
