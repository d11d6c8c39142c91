import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { ReceivedHead } from '../../http/received-head.ts';
import type { PlainRequest } from './read-plain-request.ts';

/** A plain request as others read requests of Node's server. */
export class LaneRequest implements ReceivedHead {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: string[];
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;

  constructor({ method, target, fields }: PlainRequest, socket: Socket) {
    this.method = method;
    this.url = target;
    this.rawHeaders = fields.rawHeaders as string[];
    this.headers = fields.headers;
    this.socket = socket;
  }

  get httpVersion(): string {
    return '1.1';
  }

  /** Only what trusted proxies say is read by it. */
  get headersDistinct(): NodeJS.Dict<string[]> {
    const distinct: NodeJS.Dict<string[]> = Object.create(null);
    for (let index = 0; index < this.rawHeaders.length; index += 2) {
      distinct[(this.rawHeaders[index] ?? '').toLowerCase()] = [this.rawHeaders[index + 1] ?? ''];
    }
    return distinct;
  }
}
