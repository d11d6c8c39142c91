import { type IncomingMessage, request } from 'node:http';
import { Duplex } from 'node:stream';

/** What Node's own client makes of an answer and the end of its connection; `null`: it refuses it. */
export function nodeReads(text: string, method: string): Promise<{ status: number; rawHeaders: string[]; body: string } | null> {
  return new Promise((resolve) => {
    const outgoing = request({ method, createConnection: () => answering(text), maxHeaderSize: 1_000_000 });
    outgoing.on('error', () => resolve(null));
    outgoing.on('response', (answer: IncomingMessage) => {
      let body = '';
      answer.setEncoding('latin1');
      answer.on('data', (part: string) => {
        body += part;
      });
      answer.on('error', () => resolve(null));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, rawHeaders: answer.rawHeaders, body }));
    });
    outgoing.end();
  });
}

/** The other end of a connection: answers the first bytes that come with a text, and ends. */
function answering(text: string): Duplex {
  const connection = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      done();
      connection.push(Buffer.from(text, 'latin1'));
      connection.push(null);
    },
  });
  return connection;
}
