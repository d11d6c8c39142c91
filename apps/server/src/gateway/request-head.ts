import type { Admission } from '@latchkey/bearer-auth';
import type { ReceivedHead } from '../http/received-head.ts';
import { connectionOptions } from './connection-options.ts';
import { fieldKind, hasBadValue } from './field-kind.ts';
import { appended, createForwardingFields, joined } from './forwarding-fields.ts';
import { identityFields } from './identity-fields.ts';
import { withoutOwnCookies } from './own-cookies.ts';
import { createRepeatedFields } from './repeated-fields.ts';
import type { TrustedPeers } from './trusted-peers.ts';

/** Writes the head of an upstream's request; `null`: it has a target or a field that can not be written. */
export type WriteRequestHead = (req: ReceivedHead, admission: Admission) => string | null;

const BAD_TARGET = /[^\x21-\x7e\x80-\xff]/;
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE']);

/** @param upstream a path in it comes before the request's own. */
export function createRequestHeadWriter(upstream: URL, trusted: TrustedPeers): WriteRequestHead {
  const basePath = upstream.pathname.replace(/\/$/, '');
  const connectionFields = `Host: ${upstream.host}\r\nConnection: keep-alive\r\n`;
  const forwardingFields = createForwardingFields(trusted);
  const repeated = createRepeatedFields(writeFields);

  function writeFields(req: ReceivedHead): string | null {
    const fields = endToEndFields(req);
    if (fields === null) return null;
    return `${connectionFields}${fields}Via: ${via(req)}\r\n${cookieField(req)}${forwardingFields(req)}${framingField(req)}`;
  }

  return (req, admission) => {
    const target = basePath + admission.path + admission.search;
    const fields = repeated(req);
    if (fields === null || BAD_TARGET.test(target)) return null;
    return `${req.method} ${target} HTTP/1.1\r\n${fields}X-Request-Id: ${admission.requestId}\r\n${identityFields(admission.token)}\r\n`;
  };
}

/** Whether a body follows, possibly an empty one. */
export function hasBody(req: ReceivedHead): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

/** Every value is looked at, also those of fields that are rebuilt from it. */
function endToEndFields({ rawHeaders }: ReceivedHead): string | null {
  const named = connectionOptions(rawHeaders);
  let lines = '';
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    if (hasBadValue(value)) return null;
    const kind = fieldKind(name);
    if ((kind !== 'plain' && kind !== 'set-cookie') || named?.has(name.toLowerCase())) continue;
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

function via(req: ReceivedHead): string {
  const hop = `${req.httpVersion} latchkey`;
  return req.headers.via === undefined ? hop : appended(joined(req, 'via'), hop);
}

function cookieField({ headers }: ReceivedHead): string {
  const cookie = headers.cookie === undefined ? null : withoutOwnCookies(headers.cookie);
  return cookie === null ? '' : `Cookie: ${cookie}\r\n`;
}

/** The length as declared or chunks as it came; a method that usually has a body says that there is none. */
function framingField({ headers, method = 'GET' }: ReceivedHead): string {
  if (headers['transfer-encoding'] !== undefined) return 'Transfer-Encoding: chunked\r\n';
  if (headers['content-length'] !== undefined) return `Content-Length: ${headers['content-length']}\r\n`;
  return BODILESS.has(method) ? '' : 'Content-Length: 0\r\n';
}
