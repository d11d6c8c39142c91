// Browser-safe: the shapes of every operation, and the pure rules that the console shows live.
export {
  compileEndpointPatterns,
  type EndpointMatcher,
  parseEndpointPattern,
  parseExpiry,
} from '@latchkey/core';
export * from './admin.ts';
export * from './common.ts';
export * from './limit.ts';
export * from './token.ts';
export * from './token-fields.ts';
export * from './usage.ts';
