// The server behind the gateways: raw sockets and one constant answer, so that next to nothing of what is measured is its own.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { ANSWER, CONTENT_TYPE, UPSTREAM_PATH } from '../subject/answer.ts';

const HEAD_END = '\r\n\r\n';
const GOOD = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: ${CONTENT_TYPE}\r\nContent-Length: ${Buffer.byteLength(ANSWER)}\r\n\r\n${ANSWER}`,
);
const WRONG = Buffer.from('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
const REQUEST_LINE = `GET ${UPSTREAM_PATH} HTTP/1.1\r\n`;

/** Requests have no bodies here: each ends with its head. */
function serve(socket: Socket): void {
  let begun = '';
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    begun += bytes.toString('latin1');
    for (let end = begun.indexOf(HEAD_END); end >= 0; end = begun.indexOf(HEAD_END)) {
      socket.write(begun.startsWith(REQUEST_LINE) ? GOOD : WRONG);
      begun = begun.slice(end + HEAD_END.length);
    }
  });
}

const server = createServer(serve).listen(0, '127.0.0.1');
await once(server, 'listening');
process.once('message', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
