import { expect, it } from 'vitest';
import * as core from './index.ts';

it('exports exactly what it promises', () => {
  expect(Object.keys(core).toSorted()).toEqual([
    'DEFAULT_RATE_LIMIT',
    'DENIALS',
    'LATENCY_BUCKETS',
    'OPERATION_ERRORS',
    'OperationError',
    'compileEndpointPatterns',
    'crc32',
    'createTokenText',
    'decide',
    'emptyWindow',
    'endpointTemplate',
    'latencyBucketOf',
    'latencyPercentileMs',
    'loadToken',
    'maskToken',
    'mergeLatencyBuckets',
    'parseEndpointPattern',
    'parseExpiry',
    'parseRequestPath',
    'parseTokenText',
    'peekWindow',
    'takeFromWindow',
    'tokenLogForm',
    'tokenStatus',
  ]);
});
