import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** Packages that a process loads with this file. */
function packagesOf(file: string): Set<string> {
  const script = `
    import { registerHooks } from 'node:module';
    const names = new Set();
    registerHooks({ load(url, context, next) {
      names.add(/.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1]);
      return next(url, context);
    } });
    await import(${JSON.stringify(new URL(file, import.meta.url).href)});
    process.stdout.write(JSON.stringify([...names].filter(Boolean)));`;
  return new Set(JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })));
}

test('the thread that stores usage loads no ORM: it would take most of its memory and of the time it needs to start', () => {
  const loaded = packagesOf('./index.ts');
  expect(loaded).toContain('pg');
  expect([...loaded].filter((name) => name.startsWith('@mikro-orm/') || name === 'kysely')).toEqual([]);
  expect(packagesOf('../index.ts')).toContain('@mikro-orm/core');
});
