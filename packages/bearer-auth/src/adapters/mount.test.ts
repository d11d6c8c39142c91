import { expect, it } from 'vitest';
import { expressUrl } from './mount.ts';

it.each([
  ['what was sent', '/api/x?a', '', '/api/x?a', '/api/x?a'],
  ['what was cut', '/api/x?a', '/api', '/x?a', '/api/x?a'],
  ['what was cut to nothing', '/api', '/api', '/', '/api'],
  ['what was cut to a query', '/api?a', '/api', '/?a', '/api?a'],
  ['what was rewritten', '/api/x', '/api', '/y', '/api/y'],
  ['what was rewritten into another mount', '/apix', '/api', '/x', '/api/x'],
])('Express routes by %s', (_what, originalUrl, baseUrl, url, routed) => {
  expect(expressUrl({ originalUrl, baseUrl, url })).toBe(routed);
});
