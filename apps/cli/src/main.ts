import packageJson from '../package.json' with { type: 'json' };
import { runProgram } from './program/run-program.ts';

// A reader that has seen enough (`latchkey tokens list | head`) is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const context = { env: process.env, terminal: process, now: Date.now, version: packageJson.version };
process.exitCode = await runProgram(process.argv.slice(2), context);
