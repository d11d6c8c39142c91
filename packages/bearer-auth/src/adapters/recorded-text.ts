import { maskTokenTexts } from '@latchkey/core';

const MAX_PATH_LENGTH = 2_048;
const MAX_USER_AGENT_LENGTH = 512;

/** The status under which an answer is recorded that nobody waited for. */
export const CLIENT_CLOSED = 499;

/** As much of a path as a usage record keeps; of a token that a client has put there, its ends. */
export function recordedPath(path: string): string {
  const masked = maskTokenTexts(path);
  return masked.length <= MAX_PATH_LENGTH ? masked : masked.slice(0, MAX_PATH_LENGTH);
}

/** As much of a `User-Agent` as a usage record keeps, in the same way. */
export function recordedUserAgent(userAgent: string | null | undefined): string | null {
  return userAgent == null ? null : maskTokenTexts(userAgent).slice(0, MAX_USER_AGENT_LENGTH);
}
