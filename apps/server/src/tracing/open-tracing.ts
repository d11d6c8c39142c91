import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Tracing } from './tracing.ts';

/** `null`: nobody wants traces. Then nothing of OpenTelemetry is even loaded. */
export async function openTracing(
  { tracing, gatewayName }: Pick<Config, 'tracing' | 'gatewayName'>,
  logger: Pick<Logger, 'warn'>,
  parts: AsyncDisposableStack,
): Promise<Tracing | null> {
  if (tracing === null) return null;
  const { createTracing } = await import('./create-tracing.ts');
  const opened = createTracing({ ...tracing, gatewayName, logger });
  parts.defer(() => opened.close());
  return opened;
}
