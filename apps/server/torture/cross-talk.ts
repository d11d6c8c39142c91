// Sends requests with a nonce each to an upstream that misbehaves now and then, through the gateway, and looks whose answer comes back.
//   node apps/server/torture/cross-talk.ts [requests=1000000] [connections=64]
import { runCrossTalk } from '../src/testing/cross-talk/run-cross-talk.ts';

const [requests = 1_000_000, connections = 64] = process.argv.slice(2).map(Number);
const startedAt = performance.now();
const { asked, outcomes, foreign, hurt } = await runCrossTalk({
  requests,
  connections,
  onProgress: (done) => process.stdout.isTTY && process.stdout.write(`\r${done} of ${requests}`),
});
const seconds = (performance.now() - startedAt) / 1_000;
console.log(`\n${asked} requests over ${connections} connections in ${seconds.toFixed(0)} s`);
console.log(`own ${outcomes.own} · own, broken off ${outcomes.part} · refused ${outcomes.refused} · nothing came ${outcomes.none}`);
console.log(`FOREIGN ${foreign.length} · HURT BY OTHERS ${hurt.length}`);
for (const question of [...foreign, ...hurt].slice(0, 10)) console.log(JSON.stringify(question));
const isDisturbed = outcomes.own > 0 && outcomes.part + outcomes.refused > 0;
process.exit(isDisturbed && foreign.length + hurt.length === 0 ? 0 : 1);
