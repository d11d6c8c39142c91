export type { Admission } from './admission.ts';
export type { UsageSink } from './usage-sink.ts';
