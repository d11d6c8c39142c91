const MAX_PATH_LENGTH = 2_048;
const MAX_USER_AGENT_LENGTH = 512;

/** The status under which an answer is recorded that nobody waited for. */
export const CLIENT_CLOSED = 499;

/** As much of a path as a usage record keeps. */
export function recordedPath(path: string): string {
  return path.length <= MAX_PATH_LENGTH ? path : path.slice(0, MAX_PATH_LENGTH);
}

/** As much of a `User-Agent` as a usage record keeps. */
export function recordedUserAgent(userAgent: string | null | undefined): string | null {
  return userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null;
}
