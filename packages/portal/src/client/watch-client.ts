import type { PortalClient } from './portal-client.ts';
import { PortalError } from './portal-error.ts';

/** The same client, which also tells when the server knows the session no more. */
export function watchClient(client: PortalClient, onSessionOver: () => void): PortalClient {
  const methods = Object.entries(client).map(([name, method]) => [
    name,
    async (...input: unknown[]) => {
      try {
        return await (method as (...all: unknown[]) => Promise<unknown>)(...input);
      } catch (error) {
        if (error instanceof PortalError && error.status === 401) onSessionOver();
        throw error;
      }
    },
  ]);
  return Object.fromEntries(methods);
}
