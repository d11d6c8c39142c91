import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openTracing } from './open-tracing.ts';

/** Whether a process that loads this file has loaded the SDK with it. */
async function loadsSdk(file: string): Promise<boolean> {
  const script = `
    import { createRequire } from 'node:module';
    await import(${JSON.stringify(new URL(file, import.meta.url).href)});
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    process.stdout.write(String(loaded.some((name) => name.includes('@opentelemetry/sdk-trace'))));
    process.exit(0);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  return stdout === 'true';
}

test('a server that nobody wants traces of loads nothing of the SDK', async () => {
  await using parts = new AsyncDisposableStack();
  const logger = { warn: () => undefined };
  expect(await openTracing({ tracing: null, gatewayName: 'one' }, logger, parts)).toBeNull();
  expect(await loadsSdk('../build-server.ts')).toBe(false);
  expect(await loadsSdk('./create-tracing.ts')).toBe(true);
});
