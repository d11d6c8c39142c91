#!/usr/bin/env node
// Valid on every Node that is still about: the sources behind the import need the newest.
import module from 'node:module';
import path from 'node:path';

const REQUIRED_MAJOR = 26;

if (Number(process.versions.node.split('.')[0]) < REQUIRED_MAJOR) {
  process.stderr.write(
    `latchkey needs Node.js ${REQUIRED_MAJOR} or newer and was started with ${process.versions.node}. ` +
      'Start it with "npx latchkey" in the directory of Latchkey, where npm brings the right one along.\n',
  );
  process.exit(1);
}

// Starts in half the time. Never in Node's own default place, which on a shared machine others could have written to.
const cache = process.env.XDG_CACHE_HOME || (process.env.HOME && path.join(process.env.HOME, '.cache'));
if (cache && path.isAbsolute(cache)) module.enableCompileCache(path.join(cache, 'latchkey'));
await import('../src/main.ts');
