import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerInMood, type Mood } from './mood.ts';

/** An upstream that misbehaves now and then: `/<nonce>/<mood>/<times>`. A body that comes is read before the answer, but for `early`. */
export async function startMoodyUpstream(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((req, res) => {
    const [, nonce = '', mood = '', times = ''] = (req.url ?? '').split('/');
    const answer = () => answerInMood(mood as Mood, nonce, Number(times), req, res);
    if (req.method !== 'POST' || mood === 'early') answer();
    else req.resume().once('end', answer);
  });
  server.on('connection', (socket) => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
