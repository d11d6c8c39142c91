export { createTcpProxy, type TcpProxy } from './create-tcp-proxy.ts';
export { createEmptyDatabase, createTestDatabase, type TestDatabase } from './create-test-database.ts';
export { refuseLeaks, refuseLeaksIn } from './search-files.ts';
