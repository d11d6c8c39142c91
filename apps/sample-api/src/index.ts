export { createSampleApi } from './sample-api.ts';
export { type RunningSampleApi, type SampleApiAddress, startSampleApi } from './start-sample-api.ts';
