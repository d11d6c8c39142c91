import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const PROGRAM = `
  import module from 'node:module';
  import { Worker } from 'node:worker_threads';
  import { keepCompiledCode } from ${JSON.stringify(new URL('keep-compiled-code.ts', import.meta.url).href)};
  keepCompiledCode();
  await import(${JSON.stringify(new URL('require-node.ts', import.meta.url).href)});
  const inThread = await new Promise((resolve) => {
    const code = "process.getBuiltinModule('worker_threads').parentPort.postMessage(process.getBuiltinModule('module').getCompileCacheDir())";
    new Worker(code, { eval: true }).on('message', resolve);
  });
  console.log(JSON.stringify([module.getCompileCacheDir() ?? null, inThread ?? null]));
`;

/** Where a process of this environment keeps what it compiles, and where a thread of it does. */
function placesOf(env: Record<string, string>): (string | null)[] {
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', PROGRAM], { env, encoding: 'utf8' }));
}

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'latchkey-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('what Node compiles is kept', () => {
  test('in the cache directory of the user, for threads, too', () => {
    const [place, inThread] = placesOf({ HOME: home });
    expect(path.dirname(place ?? '')).toBe(path.join(home, '.cache/latchkey'));
    expect(inThread).toBe(place);
    expect(readdirSync(place ?? '')).not.toEqual([]);
  });

  test.each([
    ['XDG_CACHE_HOME', () => ({ HOME: '/nowhere', XDG_CACHE_HOME: home }), () => path.join(home, 'latchkey')],
    ['NODE_COMPILE_CACHE', () => ({ HOME: '/nowhere', NODE_COMPILE_CACHE: home }), () => home],
  ])('where %s says', (_name, env, expected) => {
    expect(path.dirname(placesOf(env())[0] ?? '')).toBe(expected());
  });

  test.each([
    ['there is no home', {}],
    ['the cache directory is relative', { XDG_CACHE_HOME: 'cache' }],
    ['it can not be written to', { HOME: '/dev/null' }],
  ] as const)('nowhere where %s, and nothing is said of it', (_name, env) => {
    expect(placesOf(env)).toEqual([null, null]);
  });
});
