import type { Socket } from 'node:net';
import type { ReceivedHead } from '../http/received-head.ts';
import { hasBadValue } from './field-kind.ts';

/** A connection's last request, and what was written of its fields. */
interface Repeated {
  readonly method: string | undefined;
  /** Names and values in turn; the credential is left out, and the end is not its place. */
  readonly rawHeaders: readonly string[];
  /** Where the credential's value stands. */
  readonly credentialAt: number;
  readonly fields: string;
}

type WriteFields = (req: ReceivedHead) => string | null;

/** Others say so in `Via`. */
const VERSION = '1.1';
/** Clients with more to say are rare, and could be many. */
const MAX_KEPT_LENGTH = 2_048;

/**
 * Most clients say the same with every request of a connection, but for the target and perhaps the credential, which is not passed on. What
 * `write` makes of such fields is kept until the connection says something else.
 *
 * @param write must depend on nothing but method, fields and connection, and not on the value of a credential that can be written.
 */
export function createRepeatedFields(write: WriteFields): WriteFields {
  const last = new WeakMap<Socket, Repeated>();
  return (req) => {
    const known = last.get(req.socket);
    if (known !== undefined && isRepeated(known, req)) return known.fields;
    const fields = write(req);
    const kept = fields === null ? null : toRepeated(req, fields);
    if (kept !== null) last.set(req.socket, kept);
    return fields;
  };
}

function isRepeated({ method, rawHeaders, credentialAt }: Repeated, req: ReceivedHead): boolean {
  const given = req.rawHeaders;
  if (given.length !== rawHeaders.length || req.method !== method || req.httpVersion !== VERSION) return false;
  for (let index = 0; index < given.length; index += 1) {
    if (index !== credentialAt && given[index] !== rawHeaders[index]) return false;
  }
  return !hasBadValue(given[credentialAt] ?? '');
}

/** `null`: not worth keeping, because the next request will hardly be the same. */
function toRepeated({ method, rawHeaders, headers, httpVersion }: ReceivedHead, fields: string): Repeated | null {
  const hasLength = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  const credentialAt = credentialIndex(rawHeaders);
  if (hasLength || credentialAt === -1 || fields.length > MAX_KEPT_LENGTH || httpVersion !== VERSION) return null;
  // Read from bytes it is one piece: joined strings would be walked through whenever they are written.
  const text = Buffer.from(fields, 'latin1').toString('latin1');
  return { method, rawHeaders: rawHeaders.with(credentialAt, ''), credentialAt, fields: text };
}

/** Of the value; -1: there is none, or more than one. */
function credentialIndex(rawHeaders: readonly string[]): number {
  let found = -1;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    if (name !== 'authorization' && name !== 'x-api-key') continue;
    if (found !== -1) return -1;
    found = index + 1;
  }
  return found;
}
