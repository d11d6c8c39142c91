#!/usr/bin/env node
// Valid on every Node that is still about: the sources behind the import need the newest.
const REQUIRED_MAJOR = 26;

if (Number(process.versions.node.split('.')[0]) < REQUIRED_MAJOR) {
  process.stderr.write(
    `latchkey needs Node.js ${REQUIRED_MAJOR} or newer and was started with ${process.versions.node}. ` +
      'Start it with "npx latchkey" in the directory of Latchkey, where npm brings the right one along.\n',
  );
  process.exit(1);
}
await import('../src/main.ts');
