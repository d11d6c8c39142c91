export { type Door, type DoorOptions, describeGuard, type StartDoor } from './guard-cases.ts';
export { aGuardScene, type GuardScene } from './guard-scene.ts';
export { listen } from './listen.ts';
export { createMemoryQuotaLedger, type MemoryQuotaLedger } from './memory-quota-ledger.ts';
export { createMemoryTokenSource, type MemoryTokenSource } from './memory-token-source.ts';
export { createMemoryUsageSink, type MemoryUsageSink } from './memory-usage-sink.ts';
export { hasRedisServer, startRedisServer, type TestRedis } from './redis-server.ts';
export { type Answer, bearer, type SendOptions, send, sendBytes } from './send.ts';
export { answerUpstream } from './upstream-handler.ts';
