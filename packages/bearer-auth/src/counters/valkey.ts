export { createValkeyCounter, type ValkeyCounter, type ValkeyCounterOptions } from './valkey-counter.ts';
