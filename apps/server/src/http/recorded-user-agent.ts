import type { IncomingHttpHeaders } from 'node:http';
import { maskTokenTexts } from '@latchkey/core';

const LONGEST_USER_AGENT = 512;

/** As much of a `User-Agent` as is kept with what its client has changed; of a token in it, the ends. */
export function recordedUserAgent(headers: IncomingHttpHeaders): string | null {
  const userAgent = headers['user-agent'];
  return userAgent === undefined ? null : maskTokenTexts(userAgent).slice(0, LONGEST_USER_AGENT);
}
