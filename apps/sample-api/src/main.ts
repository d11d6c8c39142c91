import { startSampleApi } from './start-sample-api.ts';

// Runs the sample API alone: `node apps/sample-api/src/main.ts [port]`.
const { url } = await startSampleApi({ port: Number(process.argv[2] ?? 4010) });
console.log(`The sample API listens on ${url}`);
