export { VALKEY_CLIENT_OPTIONS, VALKEY_CLUSTER_OPTIONS } from './valkey-client-options.ts';
export { createValkeyCounter, type ValkeyCounter, type ValkeyCounterOptions } from './valkey-counter.ts';
