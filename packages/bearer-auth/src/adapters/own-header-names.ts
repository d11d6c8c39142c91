/** What the guard says on every answer, in lower case; a handler's headers of these names (an upstream may have a limit of its own) are left out. */
export const OWN_HEADER_NAMES: ReadonlySet<string> = new Set([
  'x-request-id',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'ratelimit-policy',
  'ratelimit',
]);
