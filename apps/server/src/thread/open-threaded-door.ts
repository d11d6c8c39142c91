import type { Gateway } from '../gateway/open-gateway.ts';
import { isPublicRequest } from '../http/is-public-request.ts';
import type { Listener } from '../http/listener.ts';
import { openFront } from '../http/open-front.ts';
import type { ServerOptions } from '../server-options.ts';
import { closeBehindBody, listenOnSocket, restorePeer } from './main-socket.ts';
import { openThreads } from './open-threads.ts';

/**
 * The threads are the door: they answer what is for the gateway, and pass on everything else to `listener` over a private socket. They end
 * before it does, because until then they pass requests on.
 */
export async function openThreadedDoor(options: ServerOptions, gateway: Gateway, listener: Listener, parts: AsyncDisposableStack) {
  const { config } = options;
  const restored: Listener = (req, res) => {
    closeBehindBody(req);
    restorePeer(req);
    return listener(req, res);
  };
  const server = openFront({ listener: restored, isPublic: isPublicRequest, lane: null, logger: options.logger }, parts);
  const { threads, mainSocket } = await openThreads(options, gateway, parts);
  parts.defer(() => threads.close());
  gateway.threads.current = threads;
  return {
    failed: threads.failed,
    async listen() {
      await listenOnSocket(server, mainSocket);
      return threads.listen(config);
    },
  };
}
