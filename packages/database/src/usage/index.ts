export { type OpenUsageStore, type OpenUsageStoreOptions, openUsageStore } from './open-usage-store.ts';
