export { createSharedCounter, type SharedCounter, type SharedCounterOptions } from './shared-counter.ts';
export { createSharedCounterMemory, type SharedCounterMemory, type SharedCounterMemoryOptions } from './shared-memory.ts';
