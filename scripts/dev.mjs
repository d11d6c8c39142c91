// The server with reload, and the console under Vite in front of it. Both end together, with Ctrl-C or when one of them does.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const NODE = path.join(ROOT, 'node_modules/.bin/node');
const CONSOLE_PORT = '5173';

const children = [
  start('server', ['--watch', '--watch-preserve-output', 'apps/server/src/main.ts']),
  start('console', ['node_modules/vite/bin/vite.js', 'apps/console', '--port', CONSOLE_PORT, '--strictPort', '--clearScreen=false']),
];
console.log(`The console, with reload: http://localhost:${CONSOLE_PORT}/api-tokens`);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stopAll(signal));

function start(name, parameters) {
  // Groups of their own: Ctrl-C reaches this script only, which passes it on once.
  const child = spawn(NODE, parameters, { cwd: ROOT, stdio: 'inherit', detached: process.platform !== 'win32' });
  child.once('exit', (code, signal) => {
    if (!stopping) console.error(`The ${name} ended (${signal ?? code}).`);
    process.exitCode ||= stopping ? 0 : (code ?? 1);
    stopAll('SIGTERM');
  });
  return child;
}

function stopAll(signal) {
  if (stopping) return;
  stopping = true;
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill(signal);
}
