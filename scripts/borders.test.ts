import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

// Starting processes takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const ROOT = path.resolve(import.meta.dirname, '..');
let copy: string;

/** The workspaces with their manifests and nothing in them, under the linter's real configuration. */
beforeEach(() => {
  copy = mkdtempSync(path.join(tmpdir(), 'latchkey-borders-'));
  for (const file of ['biome.json', '.gitignore', 'package.json']) cpSync(path.join(ROOT, file), path.join(copy, file));
  for (const parent of ['packages', 'apps']) {
    for (const name of readdirSync(path.join(ROOT, parent))) {
      const workspace = path.join(parent, name);
      mkdirSync(path.join(copy, workspace, 'src'), { recursive: true });
      cpSync(path.join(ROOT, workspace, 'package.json'), path.join(copy, workspace, 'package.json'));
    }
  }
});

afterEach(() => rmSync(copy, { recursive: true }));

function plant(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
  writeFileSync(path.join(copy, file), `${text}\n`);
}

function checkImports() {
  const { status, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'scripts/check-imports.mjs'), copy], { encoding: 'utf8' });
  return { status, stderr };
}

function lint() {
  const biome = path.join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const { status, stderr } = spawnSync(process.execPath, [biome, 'lint', '--error-on-warnings', '.'], { cwd: copy, encoding: 'utf8' });
  return { status, stderr };
}

test('a tree without a fault passes both', () => {
  plant('packages/core/src/index.ts', "export { answer } from './answer.ts';");
  plant('packages/core/src/answer.ts', 'export const answer = 42;');
  plant(
    'packages/api/src/token.ts',
    "import { answer } from '@latchkey/core';\nimport type { Database } from '@latchkey/database';\n\nexport const ask = (_database: Database) => answer;",
  );
  plant('apps/server/src/config/config.ts', 'export const port = process.env.PORT;');
  expect(checkImports()).toEqual({ status: 0, stderr: '' });
  expect(lint()).toMatchObject({ status: 0 });
});

describe('a forbidden import', () => {
  test.each([
    ['packages/core/src/a.ts', "import { readFile } from 'node:fs';", /core imports nothing, and this is "node:fs"/],
    ['packages/core/src/a.ts', "import { z } from 'zod';", /core imports nothing/],
    [
      'packages/bearer-auth/src/a.ts',
      "import { openDatabase } from '@latchkey/database';",
      /bearer-auth may not import "@latchkey\/database"/,
    ],
    ['packages/database/src/a.ts', "import type { AppRouter } from '@latchkey/api';", /database may not import "@latchkey\/api"/],
    ['packages/api/src/a.ts', "import { openDatabase } from '@latchkey/database';", /api may import only types from "@latchkey\/database"/],
    ['packages/api/src/a.ts', "import {\n  openDatabase,\n  type Database,\n} from '@latchkey/database';", /only types/],
    ['packages/api/src/a.ts', "export const load = () => import('@latchkey/bearer-auth');", /api may not import "@latchkey\/bearer-auth"/],
    ['packages/api/src/schemas/a.ts', "import { randomUUID } from 'node:crypto';", /not there in a browser/],
    ['apps/console/src/a.tsx', "import { appRouter } from '@latchkey/api';", /console may import only types/],
    ['apps/console/src/a.tsx', "import { openDatabase } from '@latchkey/database';", /console may not import/],
    ['apps/sample-api/src/a.ts', "import { decide } from '@latchkey/core';", /sample-api may not import/],
    ['apps/server/src/a.ts', "import { MikroORM } from '@mikro-orm/postgresql';", /"@mikro-orm\/postgresql" belongs to database/],
    ['packages/bearer-auth/src/a.ts', "import { initTRPC } from '@trpc/server';", /"@trpc\/server" belongs to api/],
    ['packages/api/src/a.ts', "import { x } from '../../core/src/index.ts';", /leaves its package/],
    ['packages/core/src/a.test.ts', "import { decide } from '@latchkey/database';", /core may not import/],
    ['packages/core/src/index.ts', "export * from './token.ts';", /names what it exports/],
  ])('in %s: %s', (file, text, problem) => {
    plant(file, text);
    const { status, stderr } = checkImports();
    expect(stderr).toMatch(problem);
    expect(status).toBe(1);
  });
});

test('an undeclared workspace dependency', () => {
  plant('packages/bearer-auth/src/a.ts', "import { decide } from '@latchkey/core';");
  plant('packages/bearer-auth/package.json', '{ "name": "@latchkey/bearer-auth", "type": "module" }');
  expect(checkImports()).toMatchObject({ status: 1, stderr: expect.stringContaining('"@latchkey/core" is not declared') });
  expect(lint()).toMatchObject({ status: 1, stderr: expect.stringContaining('noUndeclaredDependencies') });
});

describe('what the linter refuses', () => {
  test.each([
    ['noProcessEnv', 'export const port = process.env.PORT;'],
    ['noProcessEnv', "import { env } from 'node:process';\n\nexport const port = env.PORT;"],
    ['noUndeclaredDependencies', "import { chunk } from 'lodash';\n\nexport const parts = chunk([1], 1);"],
    ['noEnum', 'export enum Colour {\n  Red,\n}'],
    ['noParameterProperties', 'export class Box {\n  constructor(readonly size: number) {}\n}'],
    ['useImportType', "import { Token } from '@latchkey/core';\n\nexport const first = (tokens: Token[]) => tokens[0];"],
    ['noReExportAll', "export * from './other.ts';"],
    ['noDefaultExport', 'export default 42;'],
    ['noExplicitAny', 'export const read = (value: any) => value;'],
  ])('%s: %s', (rule, text) => {
    plant('apps/server/src/planted.ts', text);
    expect(lint()).toMatchObject({ status: 1, stderr: expect.stringContaining(rule) });
  });
});
